"""What is compared with what, where a folder holds the work of an afternoon."""

import json
from pathlib import Path

import pytest

from src.lab.records.runs import load
from src.lab.report.publish import publish, reports
from tests.lab.records.written import write


def afternoon(folder: Path) -> None:
    """Sweeps of two data sets with the same objective, a search, and an attempt to find a mistake."""
    for seed in range(4):
        for model, add in ("plain", 0.0), ("wide", 2.0):
            write(folder / "sweep", model, seed, 10.0 + add + seed, data="digits")
        write(folder / "sweep", "net", seed, 1.0 + seed, data="disk")
    write(folder / "runs", "lucky", 0, 3.0, data="digits")
    write(folder / "runs", "plain", 0, 0.1, data="digits", group={"debug": "fdr"}, config_hash="0a1b2c3d4e5f")
    for trial in range(3):
        write(folder / "study", "plain", trial, 0.2, data="digits", group={"optimizer.lr": "9"})
    (folder / "study" / "study.db").touch()


def test_a_table_has_one_data_set_and_holds_it_to_what_has_the_most_seeds(tmp_path: Path) -> None:
    afternoon(tmp_path)
    digits, disk = reports(load([tmp_path]))
    assert digits.summary["group"].to_list() == ["lucky", "plain", "wide"]
    assert digits.baseline == "plain", "of one seed nothing is known"
    assert (disk.summary["group"].to_list(), len(disk.differences)) == (["net"], 0)
    assert [report.cells()[0][0][0] for report in (digits, disk)] == ["group, on digits", "group, on disk"]
    assert reports(load([tmp_path / "runs" / "lucky_0"]))[0].cells()[0][0][0] == "group"
    publish(load([tmp_path]), folder=tmp_path / "out", paper=False)
    written = [json.loads((tmp_path / "out" / f"{name}.json").read_text()) for name in ("summary", "summary_2")]
    assert [len(each["summary"]) for each in written] == [3, 1]
    assert not any("net" in sentence for sentence in digits.sentences())


def test_what_an_older_result_was_trained_on_stands_in_its_configuration(tmp_path: Path) -> None:
    for model, data in ("plain", "digits"), ("net", "disk"):
        folder = write(tmp_path, model, 0, 1.0)
        (folder / ".hydra").mkdir()
        (folder / ".hydra" / "config.yaml").write_text(f"seed: 0\njob: {{choices: {{data: {data}}}}}\n")
    assert [report.data for report in reports(load([tmp_path]))] == ["disk", "digits"]


def test_searches_and_debugging_are_left_out_unless_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    afternoon(tmp_path)
    assert len(load([tmp_path])) == 13
    said = capsys.readouterr().err
    assert said == "left out: 1 run with debug=… and 3 runs of a search; a report of their folder alone shows them\n"
    assert len(load([tmp_path / "study"])) == 3
    assert len(load([tmp_path / "sweep", tmp_path / "study"])) == 15
    assert load([tmp_path], {"debug": ["fdr"]})["test/miss"].to_list() == [0.1]
    assert capsys.readouterr().err == ""


def test_what_is_reported_stands_beside_runs_of_that_very_protocol(tmp_path: Path) -> None:
    for seed in range(2):
        for model in "basic", "ws_aux_bn":
            write(tmp_path / "short", model, seed, 20.0 + seed, group={"epochs": "3"}, objective="test/error")
            write(tmp_path / "whole", model, seed, 10.0 + seed, group={"trainer": "cpu"}, objective="test/error")
    (short,), (whole,) = (reports(load([tmp_path / folder])) for folder in ("short", "whole"))
    assert [report.summary["group"].to_list() for report in (short, whole)] == [["basic", "ws_aux_bn"]] * 2
    assert not [heading for heading in short.cells()[0][0] if heading.startswith("reported")]
    (place,) = (i for i, heading in enumerate(whole.cells()[0][0]) if heading.startswith("reported"))
    assert [row[place] for row in whole.cells()[0][1:]] == ["22.4 ± 1.4", "2.48 ± 0.55"]
