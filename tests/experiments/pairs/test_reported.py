"""What the student reports state, whether it is what stands in them, and beside what is measured here."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.lab.records.metrics import Meaning
from src.lab.records.reported import Figure, reported, sources
from src.lab.records.runs import load
from src.lab.report import tables
from src.lab.report.report import Report
from src.lab.reproduce.asked import Wanted, asked, chosen
from tests.experiments.reports import needs_reports, stated_here, stated_there
from tests.lab.records.written import Said, write

SAID: Said = {"test/error": {"better": "lower", "unit": "%"}}
MEANINGS = dict.fromkeys(
    ("test/error", "test/accuracy", "test/digit_accuracy", "test/digit_accuracy_first", "test/digit_accuracy_second"),
    Meaning("%", "lower"),
)


def stated(model: str) -> str:
    return tables.stated(reported()[model], "test/error", MEANINGS)


@needs_reports
def test_every_figure_of_the_reports_is_stated_and_no_other() -> None:
    there, here = stated_there("project_1"), stated_here("pairs")
    ours = here.pop("ours")
    assert {name: sorted(each, key=str) for name, each in here.items()} == {
        name: sorted(each, key=str) for name, each in there.items()
    }
    known = {figure for each in (*there.values(), *stated_there("peers").values()) for figure in each}
    assert set(ours) <= known, "what goes beyond the reports is set beside a figure that somebody stated"


def test_what_a_report_states_reads_as_it_stands_there() -> None:
    assert reported()["ws_aux_bn"] == {"test/error": Figure(2.48, 0.5541)}
    assert stated("ws_aux_bn") == "2.48 ± 0.55"
    assert stated("digit_mlp") == "digit accuracy 90.40"
    assert stated("digit_two_nets").startswith("digit accuracy first 92.80, digit accuracy second 93.70")


def test_what_a_report_states_stands_beside_what_was_measured(tmp_path: Path) -> None:
    for seed, error in enumerate((1.5, 2.5)):
        for model in "basic", "ws":
            write(tmp_path, model, seed, error, objective="test/error", said=SAID)
    Report(load([tmp_path])).write(tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert "| reported (%) |\n" in text
    figures = "2.00 ± 0.71 | 0.00 to 8.35 | 0.32 to 22.56 | 2.00 | 1.50 (0) | 2.50 (1) | 2.0 | 10"
    assert f"| basic | 2 | {figures} | 22.41 ± 1.40 |" in text
    assert f"| ws | 2 | {figures} | – |" in text


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("name", sorted(sources()["pairs"]))
@pytest.mark.parametrize("quick", [False, True])
def test_what_is_trained_for_a_report_composes_and_has_every_row(name: str, quick: bool, tmp_path: Path) -> None:
    ((_, _, source),) = [each for each in chosen(["pairs"]) if each[1] == name]
    (found,) = asked([("pairs", name, source)], Wanted(tmp_path, quick))
    assert [len(jobs) > 0 for jobs in found.jobs] == [True] * len(source.parts)
    if quick:
        assert {job.cfg.epochs for jobs in found.jobs for job in jobs} == {8}
        assert {int(job.cfg.seed) for jobs in found.jobs for job in jobs} == {0, 1, 2}
