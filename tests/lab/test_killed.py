"""Runs, reports and searches that are killed at any moment: what is there is whole, and they come to the same end."""

import random
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import optuna
import pytest

from src.lab.records.runs import load
from src.lab.report.publish import publish
from src.lab.sweep.workers import make_ready
from src.lab.tune.search import Search
from src.lab.tune.space import parse
from tests.conftest import results_in

from .running import KILLS, check_whole, go_on, run, same_end
from .toy import TOY

RUN = [
    "epochs=60", "checkpoint.every=1", "model.dropout=0.2", "callbacks=best", "logger=csv",
]  # fmt: skip


def killed(times: int, longest: float, target: Callable[..., object], *args: Any) -> Iterator[int]:
    """Lets processes do it, and kills each at a moment of chance, in so many seconds; its number after each kill."""
    make_ready()
    chance, kills = random.Random(times), 0
    while kills < times:
        process = get_context("forkserver").Process(target=target, args=args)
        process.start()
        time.sleep(chance.uniform(0, longest))
        was_alive = process.is_alive()
        process.kill()
        process.join()
        kills += was_alive
        longest *= 1 if was_alive else 0.7  # it was done: sooner, then
        yield kills


def test_a_run_killed_again_and_again_equals_one_that_was_never_touched(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", *RUN)
    part = tmp_path / "part"
    for _ in killed(KILLS, 1.5, go_on, part, *RUN):
        check_whole(part)
        if (part / "result.json").exists():  # it came to its end: another from the start
            assert results_in(part)[0]["metrics"] == whole["metrics"]
            assert same_end(part, tmp_path / "whole")
            part = part.rename(tmp_path / f"done{len(list(tmp_path.iterdir()))}").with_name("part")
    assert go_on(part, *RUN)["metrics"] == whole["metrics"]
    assert same_end(part, tmp_path / "whole")


def report(folder: Path, out: Path) -> None:
    publish(load([folder]), folder=out)


@pytest.mark.long
def test_a_report_that_is_killed_leaves_whole_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for seed in 0, 1, 2:
        run(tmp_path / "runs" / str(seed), f"seed={seed}")
    report(tmp_path / "runs", tmp_path / "whole")
    wanted = {path.name: path.read_bytes() for path in (tmp_path / "whole").glob("summary*")}
    assert len(wanted) >= 4
    for _ in killed(KILLS // 2, 2.0, report, tmp_path / "runs", tmp_path / "out"):
        found = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("summary*")}
        assert found.items() <= wanted.items()
    report(tmp_path / "runs", tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").glob("summary*")} == wanted


def search(folder: Path, trials: int) -> None:
    fixed, space = parse([*TOY, "epochs=3", "model.hidden=4,8", "optimizer.lr=interval(0.01,1)"])
    it = Search(folder, fixed, space)
    it.run(trials)
    it.show()


@pytest.mark.long
def test_a_search_that_is_killed_goes_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    study = tmp_path / "study"
    for _ in killed(KILLS // 2, 3.0, search, study, 1000):
        for folder in study.glob("trial_*"):
            check_whole(folder)
    before = results_in(study)
    search(study, 3 + len(before))
    trials = optuna.load_study(study_name=None, storage=f"sqlite:///{study / 'study.db'}").get_trials()
    counted = [trial for trial in trials if trial.state.name in ("COMPLETE", "PRUNED")]
    assert len(counted) == 3 + len(before)
    for trial in counted:
        (result,) = results_in(study / f"trial_{trial.number}")
        assert result["status"] == "completed"
        assert trial.value is None or trial.value == pytest.approx(result["metrics"]["val/miss"])
    assert list((study / "experiment").iterdir())
