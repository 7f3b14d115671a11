"""What is compared where runs name another objective, several, none, or one that was never measured."""

from pathlib import Path

import pytest

from src.lab.records.runs import load
from src.lab.report.publish import reports
from src.lab.report.report import Report
from tests.conftest import Command, results_in
from tests.lab.records.written import Said, write
from tests.lab.toy import TOY

SEARCHED, TRAINER = TOY[0], TOY[-1]
MODELS = ("toy", "toy_wide")
SAID: Said = {"val/r2": {"better": "higher"}, "val/mae": {"better": "lower", "unit": "s"}}


def test_runs_with_no_test_have_a_table_over_their_objective(tmp_path: Path) -> None:
    for seed in range(2):
        for model, r2 in ("worse", 0.5), ("better", 0.75):
            write(tmp_path, model, seed, {"val/r2": r2 + seed / 10, "val/mae": 3.0}, objective="val/r2", said=SAID)
    (report,) = reports(load([tmp_path]))
    assert (report.metric, report.baseline) == ("val/r2", "better")
    headings = report.cells()[0][0]
    assert headings[2] == "val r2", "what is not of the test keeps its split"
    assert "val mae (s)" in headings
    assert report.sentences()[0].startswith("better is ahead of worse by 0.25")


def test_without_an_objective_all_is_shown_and_nothing_compared(tmp_path: Path) -> None:
    for seed in range(2):
        for model in "plain", "wide":
            write(tmp_path, model, seed, {"val/mae": 3.0, "val/r2": 0.5, "train_loss": 0.1}, objective=None, said=SAID)
    (report,) = reports(load([tmp_path]))
    (cells,) = report.cells()
    assert {"val mae (s)", "val r2", "train loss"} <= set(cells[0])
    (said,) = report.sentences()
    assert said.startswith("no objective is named, so nothing is compared")
    report.write(tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert "beats" not in text and "against" not in text
    assert said in text
    (asked,) = reports(load([tmp_path]), "val/mae")
    assert asked.sentences() == ["plain equals wide in the mean of 2 seeds"]


def test_several_objectives_in_one_folder_have_a_table_each(tmp_path: Path) -> None:
    for seed in range(2):
        write(tmp_path, "scored", seed, {"val/r2": 0.5 + seed, "val/mae": 1.0}, objective="val/r2", said=SAID)
        for model, late in ("soon", 0.0), ("late", 2.0):
            write(tmp_path, model, seed, {"val/mae": 3.0 + late + seed}, objective="val/mae", said=SAID)
    runs = load([tmp_path])
    tables = {report.metric: report.summary["group"].to_list() for report in reports(runs)}
    assert tables == {"val/mae": ["soon", "late"], "val/r2": ["scored"]}
    (whole,) = reports(runs, "val/mae")
    assert whole.summary["group"].to_list() == ["scored", "soon", "late"]
    with pytest.raises(ValueError, match="several objectives, val/mae, val/r2: name one as the metric"):
        Report(runs)


def test_the_command_writes_a_summary_for_each_objective(here: Command, tmp_path: Path) -> None:
    write(tmp_path / "runs", "scored", 0, {"val/r2": 0.5}, objective="val/r2", said=SAID)
    write(tmp_path / "runs", "timed", 0, {"val/mae": 3.0}, objective="val/mae", said=SAID)
    done = here("src.report", "runs", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "val r2" in done.stdout and "val mae (s)" in done.stdout
    assert {path.name for path in (tmp_path / "out").glob("*.md")} == {"summary.md", "summary_2.md"}


def test_an_objective_that_no_run_has_is_said_to_be_missing(tmp_path: Path) -> None:
    for seed in range(2):
        for model in "plain", "wide":
            write(tmp_path, model, seed, {"val/mae": 3.0}, objective="test/mae", said=SAID)
    (report,) = reports(load([tmp_path]))
    (cells,) = report.cells()
    assert [row[:3] for row in cells] == [
        ["group", "n", "val mae (s)"], ["plain", "2", "3.0 ± 0.0"], ["wide", "2", "3.0 ± 0.0"],
    ]  # fmt: skip
    (said,) = report.sentences()
    assert said.startswith("no run has test/mae, so nothing is compared")


@pytest.mark.long
def test_a_sweep_that_tests_nothing_ends_well_with_a_table_that_says_so(here: Command, tmp_path: Path) -> None:
    done = here(
        "src.train", SEARCHED, TRAINER, f"model={','.join(MODELS)}", "tested=null", "-m", "seed=range(2)",
        "hydra.sweep.dir=sweep",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no run has test/miss, so nothing is compared" in done.stdout
    results = results_in(tmp_path / "sweep")
    assert [result["status"] for result in results] == 4 * ["completed"]
    assert not any(name.startswith("test") for result in results for name in result["metrics"])
    text = (tmp_path / "sweep" / "summary.md").read_text()
    assert "val miss (%)" in text and "| toy_wide | 2 |" in text
    assert "beats" not in text and "is ahead of" not in text
    asked = here("src.report", "sweep", "--metric", "val/miss")
    means = {name: [each["metrics"]["val/miss"] for each in results if each["model"] == name] for name in MODELS}
    best = min(MODELS, key=lambda name: sum(means[name]))
    assert any(f"{best} {verb} " in asked.stdout for verb in ("beats", "is ahead of", "equals"))


def test_runs_that_name_no_objective_have_a_report_beside_those_of_several(tmp_path: Path) -> None:
    for model, metric in ("scored", "val/r2"), ("timed", "val/mae"), ("free", None):
        write(tmp_path, model, 0, {metric or "val/loss": 0.5}, objective=metric, said=SAID)
    runs = load([tmp_path])
    found = [report.summary["group"].to_list() for report in reports(runs)]
    assert sorted(found) == [["free"], ["scored"], ["timed"]]
    assert len(reports(runs, baseline="timed")) == 3, "which is a group of one of them"
    with pytest.raises(ValueError, match="no group 'late'; there are free, scored, timed"):
        reports(runs, baseline="late")


def test_what_is_no_number_in_any_run_is_said_to_be_none(tmp_path: Path) -> None:
    for seed in range(2):
        write(tmp_path, "plain", seed, {"val/mae": None, "val/r2": 0.5}, objective="val/mae", said=SAID)
        write(tmp_path, "wide", seed, {"val/mae": None, "val/r2": 0.5}, objective="val/mae", said=SAID)
    runs = load([tmp_path])
    for metric in None, "val/mae":
        (report,) = reports(runs, metric)
        assert report.sentences() == ["val/mae is not a number in any completed run, so nothing is compared"]
        assert "val r2" in report.cells()[0][0]


def test_a_group_in_which_nothing_was_measured_is_named(tmp_path: Path) -> None:
    for seed in range(2):
        write(tmp_path, "plain", seed, {"val/mae": 1.0 + seed}, objective="val/mae", said=SAID)
        write(tmp_path, "lost", seed, {"val/mae": None}, objective="val/mae", said=SAID)
        write(tmp_path, "broken", seed, None, objective="val/mae", said=SAID)
    for baseline in None, "lost":
        (report,) = reports(load([tmp_path]), baseline=baseline)
        assert report.sentences() == [
            "no run of broken is completed, so it is not compared: broken failed on 2 of 2 seeds",
            "lost has no figure of val/mae in any of its 2 completed runs, so it is not compared",
        ]


def test_a_sweep_of_failures_says_so(tmp_path: Path) -> None:
    for model in "plain", "wide":
        write(tmp_path, model, 0, None)
    (report,) = reports(load([tmp_path]))
    assert report.sentences() == ["no run is completed, so nothing is compared"]
