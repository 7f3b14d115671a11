"""Sweeps as real processes: killed, interrupted, continued, started twice."""

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, TINY, Command, results_in

SWEEP = ["src.train", *TINY[1:], "trainer=cpu"]


def start(folder: Path, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
    env = {k: v for k, v in os.environ.items() if k != "HYDRA_FULL_ERROR"} | {"PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | settings
    return subprocess.Popen([sys.executable, "-m", *SWEEP, *arguments], cwd=folder, env=env, **streams)


def metrics(folder: Path) -> dict[tuple[str, int], Any]:
    return {(r["model"], r["seed"]): (r["status"], r["metrics"], r["epochs"]) for r in results_in(folder)}


def workers(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    return [int(pid) for pid in listed.split() if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_sweep_killed_ten_times_equals_one_that_was_never_touched(tmp_path: Path) -> None:
    models = [
        "model=basic,classic_bce,ws_softmax_bce,digit_shared",
        "-m",
        "seed=range(10)",
        "epochs=6",
        "checkpoint.every=2",
    ]
    whole = start(tmp_path, *models, "hydra.sweep.dir=whole")
    out, _ = whole.communicate()
    assert whole.returncode == 0, out
    chance = random.Random(0)
    kills = 0
    while kills < 10:
        sweep = start(tmp_path, *models, "hydra.sweep.dir=part")
        before = len(results_in(tmp_path / "part")) if (tmp_path / "part").exists() else 0
        while sweep.poll() is None and len(results_in(tmp_path / "part")) < min(before + 2, 39):
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.6))
        victims = workers(sweep.pid)
        if victims and kills % 2:
            os.kill(chance.choice(victims), signal.SIGKILL)
            kills += 1
            time.sleep(chance.uniform(0, 1.0))
        if sweep.poll() is None:
            sweep.kill()
            kills += 1
        sweep.communicate()
    last = start(tmp_path, *models, "hydra.sweep.dir=part")
    out, _ = last.communicate()
    assert last.returncode == 0, out
    assert metrics(tmp_path / "part") == metrics(tmp_path / "whole")
    assert {status for status, _, _ in metrics(tmp_path / "part").values()} == {"completed"}
    for one in (tmp_path / "whole").rglob("metrics.csv"):
        assert one.read_text() == (tmp_path / "part" / one.parent.name / "metrics.csv").read_text()


def test_what_fails_is_a_row_with_its_reason_and_the_others_run_on(command: Command, tmp_path: Path) -> None:
    unlucky = "+callbacks.unlucky={_target_: tests.lab.sweep.misfortune.Misfortune, seed: ${seed}}"
    done = command(*SWEEP, "model=basic", "epochs=2", unlucky, "-m", "seed=range(10)", "hydra.sweep.dir=sweep")
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
        (log,) = (tmp_path / "sweep").glob(f"basic_seed{seed}_*/train.log")
        assert "Traceback" in log.read_text() and error in log.read_text()
    summary = json.loads((tmp_path / "sweep" / "summary.json").read_text())["summary"]
    assert [(row["n"], row["failed"]) for row in summary] == [(7, 3)]


def test_fail_fast_stops_at_the_first_failure(command: Command, tmp_path: Path) -> None:
    done = command(
        *SWEEP,
        "optimizer=sgd",
        "optimizer.lr=1e30",
        "fail_fast=true",
        "-m",
        "seed=range(8)",
        "hydra.launcher.workers=1",
    )
    assert done.returncode == 1
    assert [result["status"] for result in results_in(tmp_path)] == ["failed"]
    assert "7 more, not begun" in done.stderr


def test_the_same_command_skips_what_is_done_and_another_adds_to_it(command: Command, tmp_path: Path) -> None:
    sweep = [*SWEEP, "epochs=1", "hydra.sweep.dir=sweep", "hydra.launcher.workers=1"]
    assert command(*sweep, "model=basic", "-m", "seed=0,1").returncode == 0
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("result.json")}
    listed = command(*sweep, "model=basic,ws", "-m", "seed=0,1,2", "--dry-run")
    assert listed.returncode == 0
    assert (listed.stdout.count(" done "), listed.stdout.count(" to run ")) == (2, 4)
    assert len(results_in(tmp_path)) == 2
    more = command(*sweep, "model=basic,ws", "-m", "seed=0,1,2")
    assert more.returncode == 0, more.stderr
    assert "6 runs into sweep, 2 done before" in more.stdout
    assert len(results_in(tmp_path)) == 6
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())


def test_a_folder_of_another_configuration_is_refused(command: Command, tmp_path: Path) -> None:
    sweep = [*SWEEP, "epochs=1", "hydra.sweep.dir=sweep", "hydra.sweep.subdir=run${seed}", "-m", "seed=0"]
    assert command(*sweep).returncode == 0
    (before,) = results_in(tmp_path)
    done = command(*sweep, "optimizer.lr=0.5")
    assert done.returncode == 1
    assert "holds the run of another configuration" in done.stderr
    assert results_in(tmp_path) == [before]
    single = command(*SWEEP, "hydra.run.dir=sweep/run0")
    assert single.returncode == 1
    assert "holds a run already: resume=sweep/run0" in single.stderr
    assert results_in(tmp_path) == [before]


def test_a_sweep_is_run_by_one_process_at_a_time(tmp_path: Path) -> None:
    arguments = ["model=basic", "-m", "seed=range(6)", "hydra.sweep.dir=sweep", "epochs=3"]
    both = [start(tmp_path, *arguments) for _ in range(2)]
    said = [sweep.communicate()[0] for sweep in both]
    assert sorted(sweep.returncode for sweep in both) == [0, 1], said
    (refused,) = (text for text in said if "another process is at work in" in text)
    assert refused.startswith("error: ") and refused.count("\n") == 1
    found = results_in(tmp_path / "sweep")
    assert [(result["seed"], result["status"]) for result in found] == [(seed, "completed") for seed in range(6)]


def test_two_sweeps_started_at_the_same_moment_don_t_meet(tmp_path: Path) -> None:
    both = [start(tmp_path, "model=basic", "-m", "seed=0,1", "epochs=1") for _ in range(2)]
    said = [sweep.communicate()[0] for sweep in both]
    assert [sweep.returncode for sweep in both] == [0, 0], said
    assert len(list((tmp_path / "outputs" / "sweeps").iterdir())) == 2
    assert len(results_in(tmp_path)) == 4


def test_ctrl_c_on_a_terminal_ends_within_seconds_with_the_table(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # as on a terminal: what starts in the background ignores it
    sweep = start(
        tmp_path, "model=basic", "-m", "seed=range(40)", "epochs=200", "hydra.sweep.dir=sweep",
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)
    os.close(slave)
    while not (tmp_path / "sweep").exists() or len(results_in(tmp_path / "sweep")) < 2:
        time.sleep(0.1)
    os.killpg(sweep.pid, signal.SIGINT)
    pressed = time.monotonic()
    screen = b""
    while True:
        try:
            screen += os.read(master, 65536)
        except OSError:  # the terminal is closed
            break
    assert sweep.wait() == 130
    assert time.monotonic() - pressed < 20
    text = screen.decode()
    assert "interrupted" in text and "Traceback" not in text
    assert "more, not begun" in text
    assert "basic" in text[text.index("error") :], "the table of what is done"
    statuses = [result["status"] for result in results_in(tmp_path / "sweep")]
    assert statuses.count("completed") >= 2
    assert "interrupted" in statuses


def test_a_run_out_of_time_is_interrupted_and_goes_on_to_the_same_end(command: Command, tmp_path: Path) -> None:
    whole = command(*SWEEP, "model=basic", "epochs=400", "hydra.run.dir=whole")
    assert whole.returncode == 0, whole.stderr
    stopped = command(*SWEEP, "model=basic", "epochs=400", "max_time=00:00:00:01", "hydra.run.dir=part")
    assert stopped.returncode == 1
    assert stopped.stderr.startswith("error: max_time=00:00:00:01 was over after")
    (part,) = results_in(tmp_path / "part")
    assert part["status"] == "interrupted"
    resumed = command("src.train", "resume=part", "max_time=null")
    assert resumed.returncode == 0, resumed.stderr
    assert results_in(tmp_path / "part")[0]["metrics"] == results_in(tmp_path / "whole")[0]["metrics"]


@pytest.mark.parametrize("seeds", ["0,0", "range(1)"])
def test_a_run_asked_for_twice_is_made_once(seeds: str, command: Command, tmp_path: Path) -> None:
    done = command(*SWEEP, "model=basic", "epochs=1", "-m", f"seed={seeds}")
    assert done.returncode == 0, done.stderr
    assert len(results_in(tmp_path)) == 1
