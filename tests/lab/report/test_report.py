"""A report over result files: its tables, its sentences, its files."""

import json
from pathlib import Path

import polars as pl
import pytest

from src.lab.records.metrics import Meaning
from src.lab.records.runs import load
from src.lab.report import tables
from src.lab.report.report import Report
from tests.conftest import Command
from tests.lab.dashboard.runs import run
from tests.lab.records.written import SAID, Said, write

USD: Said = {"test/rmse": {"better": "lower", "unit": "USD"}, "val/rmse": {"unit": "USD"}}


def text_of(report: Report) -> str:
    """All that the report says."""
    return "\n".join([*(tables.markdown(cells) for cells in report.cells()), *report.sentences()])


def test_groups_are_sorted_best_first_and_failures_are_counted(tmp_path: Path) -> None:
    for seed in range(3):
        write(tmp_path, "worse", seed, 9.0 + seed)
        write(tmp_path, "better", seed, 1.0 + seed)
    write(tmp_path, "better", 3, None)
    write(tmp_path, "broken", 0, None)
    report = Report(load([tmp_path]))
    table = report.summary
    assert table["group"].to_list() == ["better", "worse", "broken"]
    assert table["n"].to_list() == [3, 3, 0]
    assert table["failed"].to_list() == [1, 0, 1]
    cells = tables.summary_cells(table, report.metric, report.meanings)
    assert cells[1][2] == "2.00 ± 1.00"
    assert cells[3][2] == "–"


def test_the_summary_lies_in_the_folder(tmp_path: Path) -> None:
    for seed, miss in enumerate((1.5, 2.5)):
        write(tmp_path, "plain", seed, miss)
        write(tmp_path, "wide", seed, miss + 1 + seed / 10)
    Report(load([tmp_path])).write(tmp_path)
    assert pl.read_csv(tmp_path / "summary.csv")["mean"].to_list() == [2.0, 3.05]
    text = (tmp_path / "summary.md").read_text()
    assert "| plain | 2 | 2.00 ± 0.71 | 0.00 to 8.35 | 0.32 to 22.56 | 2.00 | 1.50 (0) | 2.50 (1) | 2.0 | 10 |" in text
    assert "plain beats wide by 1.05 ± 0.73 points: 2 seeds, p = 0.035" in text
    whole = json.loads((tmp_path / "summary.json").read_text())
    assert (whole["metric"], whole["baseline"]) == ("test/miss", "plain")
    assert whole["differences"][0]["difference"] == pytest.approx(1.05)
    assert (tmp_path / "summary.png").read_bytes().startswith(b"\x89PNG")


def test_a_metric_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, 1.0)
    with pytest.raises(ValueError, match="no metric test/loss; there are test/miss"):
        Report(load([tmp_path]), "test/loss")


def test_a_baseline_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    for seed in range(2):
        write(tmp_path, "plain", seed, 1.0 + seed)
        write(tmp_path, "wide", seed, 3.0 + 2 * seed)
    report = Report(load([tmp_path]), baseline="wide")
    assert report.differences["group"].to_list() == ["plain"]
    assert report.sentences()[0].startswith("plain is ahead of wide by 2.50")
    with pytest.raises(ValueError, match="no group 'narrow'"):
        Report(load([tmp_path]), baseline="narrow")


def test_a_sweep_of_which_nothing_came_still_has_its_table(tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, None)
    assert Report(load([tmp_path])).summary.row(0, named=True)["failed"] == 1
    Report(load([tmp_path])).write(tmp_path)
    assert "| plain | 0 | 10 | 1 |" in (tmp_path / "summary.md").read_text()


def test_where_higher_is_better_the_highest_comes_first_and_beats_the_others(tmp_path: Path) -> None:
    said: Said = {"test/r2": {"better": "higher"}}
    for seed in range(3):
        write(tmp_path, "worse", seed, 0.70 + seed / 100, objective="test/r2", said=said)
        write(tmp_path, "better", seed, 0.90 + seed**2 / 50, objective="test/r2", said=said)
    report = Report(load([tmp_path]))
    assert report.summary["group"].to_list() == ["better", "worse"]
    assert report.baseline == "better"
    headings, first, _ = tables.summary_cells(report.summary, report.metric, report.meanings)
    row = dict(zip(headings, first, strict=True))
    assert (row["r2"], row["best (seed)"], row["worst (seed)"]) == ("0.933 ± 0.042", "0.980 (2)", "0.900 (0)")
    assert report.sentences() == ["better beats worse by 0.223 ± 0.080: 3 seeds, p = 0.0068"]


def test_a_metric_without_a_direction_is_shown_and_not_ranked_by(tmp_path: Path) -> None:
    for seed in range(3):
        write(tmp_path / "1", "second", seed, {"test/miss": 5.0, "test/entropy": 2.0 + seed})
        write(tmp_path / "2", "first", seed, {"test/miss": 1.0, "test/entropy": 7.0 + 2 * seed})
    report = Report(load([tmp_path / "1", tmp_path / "2"]), "test/entropy")
    assert report.summary["group"].to_list() == ["second", "first"], "as the runs are ordered"
    assert report.baseline == "second"
    assert "beats" not in text_of(report)
    assert report.sentences()[0].startswith("first is higher than second by 6.0 ± 2.7")
    headings = report.cells()[0][0]
    assert {"least (seed)", "most (seed)"} <= set(headings)
    assert not {"best (seed)", "worst (seed)"} & set(headings)


def test_no_percent_sign_stands_where_nobody_said_percent(tmp_path: Path) -> None:
    for seed, rmse in enumerate((246.9, 250.1, 253.3)):
        write(tmp_path, "plain", seed, {"test/rmse": rmse, "val/rmse": rmse}, objective="test/rmse", said=USD)
        write(tmp_path, "wide", seed, {"test/rmse": rmse + 9.5}, objective="test/rmse", said=USD)
    report = Report(load([tmp_path]))
    report.write(tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert (
        "| plain | 3 | 250.1 ± 3.2 | 242.2 to 258.0 | 1.7 to 20.1 | 250.1 | 246.9 (0) | 253.3 (2) | 250.1 ± 3.2 |"
        in text
    )
    assert "| group | n | rmse (USD) |" in text
    assert "points" not in text
    assert "%" not in text.replace("95 %", ""), "intervals are of 95 %, whatever the unit"
    (ax, *_) = report.picture().axes
    assert ax.get_xlabel() == "test rmse (USD)"


def test_n_says_in_how_many_runs_the_metric_is_a_number(tmp_path: Path) -> None:
    for seed, miss in enumerate((1.0, None, 3.0)):
        write(tmp_path, "plain", seed, {"test/miss": miss, "val/loss": 0.5})
        write(tmp_path, "wide", seed, {"test/miss": 2.0} if seed else {"val/loss": 0.5})
    report = Report(load([tmp_path]))
    assert report.summary.select("group", "n", "failed").rows() == [("plain", 2, 0), ("wide", 2, 0)]
    assert report.differences["n"].to_list() == [1], "the seed that both have"


def test_metrics_that_the_configuration_names_have_a_column_beside_the_objective(tmp_path: Path) -> None:
    said: Said = {**SAID, "test/top_5": {"unit": "%"}, "test/seconds": {"unit": "s"}}
    for seed in range(2):
        write(tmp_path, "plain", seed, {"test/miss": 2.0, "test/top_5": 99.0 + seed, "test/loss": 0.1}, said=said)
    headings, row = Report(load([tmp_path])).cells()[0]
    assert dict(zip(headings, row, strict=True))["top 5 (%)"] == "99.50 ± 0.71"
    assert not {"loss", "seconds (s)"} & set(headings), "what it doesn't name, or no run has, is left out"


@pytest.mark.long
@pytest.mark.parametrize("bound", [40, 50.5])
def test_what_has_not_learnt_is_counted_by_the_bound_in_the_yaml(bound: float, tmp_path: Path) -> None:
    """Which is 40 in that of the toy."""
    other = [] if bound == 40 else [f"++metrics={{test/miss: {{unlearnt: {bound}}}}}"]
    runs = [run(tmp_path / str(seed), f"seed={seed}", "epochs=9", *other) for seed in range(6)]
    misses = [each["metrics"]["test/miss"] for each in runs]
    report = Report(load([tmp_path]))
    assert report.meaning == Meaning("%", "lower", bound)
    assert report.summary["unlearnt"].to_list() == [sum(miss > bound for miss in misses)]
    assert 0 < sum(miss > bound for miss in misses) < 6


def test_the_command_shows_the_table_without_torch(command: Command, tmp_path: Path) -> None:
    for seed in range(9):
        write(tmp_path, "plain", seed, seed % 4 * 1.0)
        write(tmp_path, "wide", seed, 2.5 + seed % 3 / 7)
    done = command("src.report", ".", "--out", "out", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    assert "1.33" in done.stdout
    assert (tmp_path / "out" / "summary.json").is_file()
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "pytorch_lightning", "scipy.stats"}
    done = command("src.report", ".", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "polars" in imported and not imported & {"matplotlib", "jinja2", "scipy.stats"}, "nor what only writes"
