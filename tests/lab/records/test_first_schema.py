"""Result files of schema 1, which knew errors and accuracies in percent alone, beside those of today."""

import json
from pathlib import Path

import pytest

from src.lab.records import results
from src.lab.records.metrics import Meaning
from src.lab.records.runs import load, meanings_of, objectives
from src.lab.report import tables
from src.lab.report.publish import reports
from src.lab.report.report import Report

from .written import write, write_first

SAID = {"test/error": {"better": "lower", "unit": "%", "unlearnt": 25.0}}


def test_an_old_file_says_what_it_meant_and_stays_as_it_is(tmp_path: Path) -> None:
    path = write_first(tmp_path, "old", 0, 2.5) / "result.json"
    before = path.read_text()
    found = results.read(path)
    assert (found["objective"], found["monitor"], found["shown"]) == ("test/error", "val/error", ["test/error"])
    assert found["units"] == {"test/error": "%", "test/accuracy": "%"}, "a loss has no unit"
    assert found["better"] == {"test/error": "lower", "test/accuracy": "higher"}
    assert found["metrics"] == json.loads(before)["metrics"]
    assert path.read_text() == before


@pytest.mark.parametrize("metric", [None, "test/accuracy"])
def test_old_and_new_runs_of_a_group_share_its_row(metric: str | None, tmp_path: Path) -> None:
    for seed in range(3):
        write_first(tmp_path / "old", "plain", seed, 4.0 + seed)
        write_first(tmp_path / "old", "worse", seed, 8.0 + seed * 1.5)
    for seed in range(3, 6):
        figures = {"test/error": 4.0 + seed, "test/accuracy": 96.0 - seed}
        write(tmp_path / "new", "plain", seed, figures, objective="test/error", said=SAID)
    (report,) = reports(load([tmp_path / "new", tmp_path / "old"]), metric)
    assert report.summary.select("group", "n").rows() == [("plain", 6), ("worse", 3)]
    assert report.summary["mean"].to_list() == ([6.5, 9.5] if metric is None else [93.5, 90.5])
    (heading, *_), *_ = report.cells()
    assert "error (%)" in heading if metric is None else "accuracy (%)" in heading
    assert report.sentences() == ["plain beats worse by 4.50 ± 1.34 points: 3 seeds, p = 0.0048"]


def test_networks_that_have_not_learnt_are_counted_in_old_runs_too(tmp_path: Path) -> None:
    for seed, error in enumerate((3.0, 49.0, 24.9, 25.1)):
        write_first(tmp_path, "old", seed, error)
    runs = load([tmp_path])
    assert meanings_of(runs)["test/error"] == Meaning("%", "lower", 25.0)
    (report,) = reports(runs)
    assert report.summary["unlearnt"].to_list() == [2]
    headings, row = tables.summary_cells(report.summary, report.metric, report.meanings)
    assert row[headings.index("unlearnt")] == "2"


def test_old_runs_of_which_nothing_came_still_have_their_table(tmp_path: Path) -> None:
    write_first(tmp_path, "old", 0, None, networks=2)
    (report,) = reports(load([tmp_path]))
    assert report.summary.select("n", "failed").rows() == [(0, 2)]


def test_old_runs_beside_those_of_another_objective_have_a_table_each(tmp_path: Path) -> None:
    write_first(tmp_path, "old", 0, 3.0)
    write(tmp_path, "price", 0, {"test/rmse": 250.0}, objective="test/rmse", said={"test/rmse": {"unit": "USD"}})
    runs = load([tmp_path])
    assert objectives(runs) == ["test/error", "test/rmse"]
    assert [report.summary["group"].to_list() for report in reports(runs)] == [["old"], ["price"]]
    with pytest.raises(ValueError, match="several objectives, test/error, test/rmse"):
        Report(runs)
