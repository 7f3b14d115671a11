"""Sweeps as real processes: with failures, continued, started twice."""

import json
from pathlib import Path

import pytest

from tests.conftest import Command, results_in
from tests.lab.running import run

from .misfortune import SLOW, UNLUCKY
from .process import ONE, SWEEP, start


def test_what_fails_is_a_row_with_its_reason_and_the_others_run_on(command: Command, tmp_path: Path) -> None:
    done = command(*SWEEP, UNLUCKY, "-m", "seed=range(10)", "hydra.sweep.dir=sweep")
    assert done.returncode == 1
    found = {result["seed"]: result for result in results_in(tmp_path / "sweep")}
    assert [seed for seed in range(10) if found[seed]["status"] == "completed"] == [0, 1, 2, 4, 6, 8, 9]
    assert found[3]["error"] == "RuntimeError: out of luck"
    assert "diverged" in found[5]["error"]
    assert "killed by SIGKILL" in found[7]["error"]
    tail = done.stderr.splitlines()
    assert tail[0] == "Not completed:"
    assert {line.split(" · ")[0].strip() for line in tail[1:]} == {"seed=3", "seed=5", "seed=7"}
    assert "Traceback" not in done.stdout + done.stderr
    for seed, error in (3, "RuntimeError"), (5, "FloatingPointError"):
        (log,) = (tmp_path / "sweep").glob(f"toy_seed{seed}_*/train.log")
        assert "Traceback" in log.read_text() and error in log.read_text()
    summary = json.loads((tmp_path / "sweep" / "summary.json").read_text())["summary"]
    assert [(row["n"], row["failed"]) for row in summary] == [(7, 3)]


@pytest.mark.long
def test_fail_fast_stops_at_the_first_failure(here: Command, tmp_path: Path) -> None:
    done = here(*SWEEP, "optimizer.lr=1e38", "fail_fast=true", "-m", "seed=range(8)", ONE)
    assert done.returncode == 1
    assert [result["status"] for result in results_in(tmp_path)] == ["failed"]
    assert "7 more, not begun" in done.stderr


@pytest.mark.long
def test_the_same_command_skips_what_is_done_and_another_adds_to_it(here: Command, tmp_path: Path) -> None:
    sweep = [*SWEEP, "epochs=1", "hydra.sweep.dir=sweep", ONE]
    assert here(*sweep, "-m", "seed=0,1").returncode == 0
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("result.json")}
    listed = here(*sweep, "model=toy,toy_wide", "-m", "seed=0,1,2", "--dry-run")
    assert listed.returncode == 0
    assert (listed.stdout.count(" done "), listed.stdout.count(" to run ")) == (2, 4)
    assert len(results_in(tmp_path)) == 2
    more = here(*sweep, "model=toy,toy_wide", "-m", "seed=0,1,2")
    assert more.returncode == 0, more.stderr
    assert "6 runs into sweep, 2 done before" in more.stdout
    assert len(results_in(tmp_path)) == 6
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())


def test_a_folder_of_another_configuration_is_refused(here: Command, tmp_path: Path) -> None:
    run(tmp_path / "sweep" / "run0", "epochs=1")
    (before,) = results_in(tmp_path)
    sweep = [*SWEEP, "epochs=1", "hydra.sweep.dir=sweep", "hydra.sweep.subdir=run${seed}", "-m", "seed=0", ONE]
    assert here(*sweep).returncode == 0, "it is done"
    done = here(*sweep, "optimizer.lr=0.5")
    assert done.returncode == 1
    assert "holds the run of another configuration" in done.stderr
    assert results_in(tmp_path) == [before]
    single = here(*SWEEP, "hydra.run.dir=sweep/run0")
    assert single.returncode == 1
    assert "holds a run already: resume=sweep/run0" in single.stderr
    assert results_in(tmp_path) == [before]


@pytest.mark.long
def test_a_sweep_is_run_by_one_process_at_a_time(tmp_path: Path) -> None:
    arguments = ["-m", "seed=range(6)", "hydra.sweep.dir=sweep", "epochs=3", SLOW % 0.1]
    both = [start(tmp_path, *arguments) for _ in range(2)]
    said = [sweep.communicate()[0] for sweep in both]
    assert sorted(sweep.returncode for sweep in both) == [0, 1], said
    (refused,) = (text for text in said if "another process is at work in" in text)
    assert refused.startswith("error: ") and refused.count("\n") == 1
    found = results_in(tmp_path / "sweep")
    assert [(result["seed"], result["status"]) for result in found] == [(seed, "completed") for seed in range(6)]


@pytest.mark.long
def test_two_sweeps_started_at_the_same_moment_don_t_meet(tmp_path: Path) -> None:
    both = [start(tmp_path, "-m", "seed=0,1", "epochs=1", ONE) for _ in range(2)]
    said = [sweep.communicate()[0] for sweep in both]
    assert [sweep.returncode for sweep in both] == [0, 0], said
    assert len(list((tmp_path / "outputs" / "sweeps").iterdir())) == 2
    assert len(results_in(tmp_path)) == 4


@pytest.mark.long
@pytest.mark.parametrize("seeds", ["0,0", "range(1)"])
def test_a_run_asked_for_twice_is_made_once(seeds: str, here: Command, tmp_path: Path) -> None:
    done = here(*SWEEP, "epochs=1", "-m", f"seed={seeds}", ONE)
    assert done.returncode == 0, done.stderr
    assert len(results_in(tmp_path)) == 1


@pytest.mark.long
def test_a_long_temporary_folder_is_no_hindrance(command: Command, tmp_path: Path) -> None:
    place = tmp_path / ("long" * 20)  # of a socket whose path may have 107 characters
    place.mkdir()
    done = command(*SWEEP, "epochs=1", "-m", "seed=0,1", "hydra.sweep.dir=sweep", TMPDIR=str(place))
    assert (done.returncode, done.stderr) == (0, "")
    assert [result["status"] for result in results_in(tmp_path / "sweep")] == ["completed"] * 2
