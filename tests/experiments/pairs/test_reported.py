"""What the student reports state, beside what is measured here."""

from pathlib import Path

from src.lab.records.metrics import Meaning
from src.lab.records.reported import Figure, reported
from src.lab.records.runs import load
from src.lab.report import tables
from src.lab.report.report import Report
from tests.lab.records.written import Said, write

SAID: Said = {"test/error": {"better": "lower", "unit": "%"}}
MEANINGS = dict.fromkeys(
    ("test/error", "test/digit_error", "test/digit_error_first", "test/digit_error_second"), Meaning("%", "lower")
)


def stated(model: str) -> str:
    return tables.stated(reported()[model], "test/error", MEANINGS)


def test_what_a_report_states_reads_as_it_stands_there() -> None:
    assert reported()["ws_aux_bn"] == {"test/error": Figure(2.48, 0.55)}
    assert stated("ws_aux_bn") == "2.48 ± 0.55"
    assert stated("digit_mlp") == "digit error 9.60"
    assert stated("digit_two_nets") == "4.70, digit error first 7.20, digit error second 6.30"


def test_what_a_report_states_stands_beside_what_was_measured(tmp_path: Path) -> None:
    for seed, error in enumerate((1.5, 2.5)):
        for model in "basic", "ws":
            write(tmp_path, model, seed, error, objective="test/error", said=SAID)
    Report(load([tmp_path])).write(tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert "| reported (%) |\n" in text
    assert "| basic | 2 | 2.00 ± 0.71 | -4.35 to 8.35 | 2.00 | 1.50 (0) | 2.50 (1) | 2.0 | 10 | 22.41 ± 1.40 |" in text
    assert "| ws | 2 | 2.00 ± 0.71 | -4.35 to 8.35 | 2.00 | 1.50 (0) | 2.50 (1) | 2.0 | 10 | – |" in text
