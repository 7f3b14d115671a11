"""A cross-validation by the commands: swept, continued, reported, resumed and tested again."""

import json
from pathlib import Path

import numpy as np
import pytest

from src.lab.evaluate import evaluate
from src.lab.records.mixed import FOLDED
from tests.conftest import Command, results_in

from .running import run, same_end
from .toy import FOLDS

SWEEP = ["src.train", *FOLDS, "epochs=1", "data.folds=3", "hydra.sweep.dir=sweep", "hydra.launcher.workers=1"]


def test_a_sweep_over_folds_is_one_group_and_goes_on_by_the_same_command(here: Command, tmp_path: Path) -> None:
    first = here(*SWEEP, "-m", "data.fold=0,1", "seed=0,1")
    assert first.returncode == 0, first.stderr
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("result.json")}
    assert len(times) == 4, "each fold of each seed has a folder"
    whole = here(*SWEEP, "model=toy,toy_wide", "-m", "data.fold=0,1,2", "seed=0,1")
    assert whole.returncode == 0, whole.stderr
    assert "12 runs into sweep, 4 done before" in whole.stdout
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())
    found = {(r["model"], r["seed"], r["fold"]): r["metrics"]["test/miss"] for r in results_in(tmp_path / "sweep")}
    assert len(found) == 12
    summary = json.loads((tmp_path / "sweep" / "summary.json").read_text())
    assert {row["group"]: row["n"] for row in summary["summary"]} == {"toy": 6, "toy_wide": 6}
    (row,) = summary["differences"]
    each = [
        value - found[summary["baseline"], *place] for (group, *place), value in found.items() if group == row["group"]
    ]
    assert (row["n"], round(row["difference"], 9)) == (6, round(float(np.mean(each)), 9))
    assert whole.stdout.count(FOLDED) == (tmp_path / "sweep" / "summary.md").read_text().count(FOLDED) == 1
    assert "6 folds" in whole.stdout
    report = here("src.report", "sweep", "--where", "data.fold=1", "model=toy")
    assert report.returncode == 0, report.stderr
    assert next(line for line in report.stdout.splitlines() if line.split()[:1] == ["toy"]).split()[1] == "2"
    assert FOLDED not in report.stdout


def test_a_run_of_a_fold_goes_on_as_one_that_was_never_stopped_and_is_tested_again(tmp_path: Path) -> None:
    fold = ["data=toy_folds", "data.folds=4", "data.fold=3", "seed=2"]
    whole = run(tmp_path / "whole", *fold, "epochs=4")
    run(tmp_path / "part", *fold, "epochs=2")
    resumed = run(tmp_path / "part", *fold, "epochs=4", f"resume={tmp_path / 'part'}")
    assert same_end(tmp_path / "whole", tmp_path / "part")
    assert (resumed["fold"], resumed["metrics"]) == (3, whole["metrics"])
    again = evaluate(tmp_path / "part")
    assert again == {name: value for name, value in whole["metrics"].items() if name.startswith("test/")}
    assert run(tmp_path / "other", *fold, "data.fold=2", "epochs=4")["metrics"] != whole["metrics"]


@pytest.mark.long
def test_a_sweep_from_before_there_were_folds_is_gone_on_with(here: Command, tmp_path: Path) -> None:
    sweep = [each for each in SWEEP if not each.startswith("data.")]
    assert here(*sweep, "-m", "seed=0,1").returncode == 0
    for path in tmp_path.rglob("config.yaml"):  # as such a sweep has left them
        text = path.read_text()
        assert "  folds: null\n  fold: null\n" in text
        path.write_text(text.replace("  folds: null\n  fold: null\n", ""))
    for path in tmp_path.rglob("result.json"):
        result = json.loads(path.read_text())
        del result["fold"]
        path.write_text(json.dumps(result))
    path.unlink()  # of one that was killed after its last checkpoint
    done = here(*sweep, "-m", "seed=0,1,2")
    assert done.returncode == 0, done.stderr
    assert "3 runs into sweep, 1 done before" in done.stdout
    assert [row["n"] for row in json.loads((tmp_path / "sweep" / "summary.json").read_text())["summary"]] == [3]
