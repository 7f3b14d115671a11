"""Sweeps that are killed, interrupted, or run out of time, and go on to the same end."""

import os
import pty
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Command, results_in
from tests.lab.running import KILLS, check_whole, rows, run, same_end

from .misfortune import SLOW
from .process import begun, outcomes, start, workers


@pytest.mark.long
def test_a_sweep_killed_again_and_again_equals_one_that_was_never_touched(tmp_path: Path) -> None:
    seeds = 3 + KILLS // 10
    runs = [
        "model=toy,toy_wide", "-m", f"seed=range({seeds})", "epochs=20", "checkpoint.every=2", "model.dropout=0.2",
        SLOW % 0.03,
    ]  # fmt: skip
    whole = start(tmp_path, *runs, "hydra.sweep.dir=whole")
    out, _ = whole.communicate()
    assert whole.returncode == 0, out
    part, chance = tmp_path / "part", random.Random(KILLS)
    part.mkdir()
    kills, parents, in_the_middle = 0, 0, 0
    while kills < KILLS or not in_the_middle:
        assert sum(status == "completed" for status, *_ in outcomes(part).values()) < 2 * seeds, "something is left"
        sweep = start(tmp_path, *runs, "hydra.sweep.dir=part", stdout=subprocess.DEVNULL)
        while sweep.poll() is None and not begun(part):
            time.sleep(0.02)
        last = kills + chance.randint(1, 2 * seeds)
        while kills < last and sweep.poll() is None:
            time.sleep(chance.uniform(0, 0.8))
            if sweep.poll() is None and (found := workers(sweep.pid)):
                in_the_middle += bool(begun(part))
                os.kill(chance.choice(found), signal.SIGKILL)
                kills += 1
                for folder in part.glob("toy*"):
                    check_whole(folder)
        if sweep.poll() is None:
            sweep.kill()
            kills, parents = kills + 1, parents + 1
        sweep.wait()
    print(f"{kills} kills, {parents} of the parent, {in_the_middle} in the middle of a run")
    sweep = start(tmp_path, *runs, "hydra.sweep.dir=part")
    out, _ = sweep.communicate()
    assert sweep.returncode == 0, out
    assert outcomes(part) == outcomes(tmp_path / "whole")
    assert {status for status, _, _ in outcomes(part).values()} == {"completed"}
    assert len(outcomes(part)) == 2 * seeds
    for one in (tmp_path / "whole").rglob("metrics.csv"):
        assert same_end(one.parent, part / one.parent.name)


@pytest.mark.long
def test_ctrl_c_on_a_terminal_ends_within_seconds_with_the_table(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # as on a terminal: what starts in the background ignores it
    sweep = start(
        tmp_path, "-m", "seed=range(40)", "epochs=40", SLOW % 0.02, "hydra.sweep.dir=sweep",
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)
    os.close(slave)
    while not (tmp_path / "sweep").exists() or len(results_in(tmp_path / "sweep")) < 2:
        time.sleep(0.05)
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
    assert "toy" in text[text.index("miss (%)") :], "the table of what is done"
    statuses = [result["status"] for result in results_in(tmp_path / "sweep")]
    assert statuses.count("completed") >= 2
    assert "interrupted" in statuses


@pytest.mark.long
def test_a_run_out_of_time_is_interrupted_and_goes_on_to_the_same_end(here: Command, tmp_path: Path) -> None:
    slow = ["model.dropout=0.2", "epochs=80", SLOW % 0.03]
    whole = run(tmp_path / "whole", *slow)
    toy = start(tmp_path, *slow, "max_time=00:00:00:01", "hydra.run.dir=part")
    said, _ = toy.communicate()
    assert toy.returncode == 1
    assert "error: max_time=00:00:00:01 was over after" in said and "Traceback" not in said
    (part,) = results_in(tmp_path / "part")
    assert part["status"] == "interrupted"
    assert 0 < len(rows(tmp_path / "part")) < 80
    resumed = here("src.train", "resume=part", "max_time=null")
    assert resumed.returncode == 0, resumed.stderr
    assert results_in(tmp_path / "part")[0]["metrics"] == whole["metrics"]
    assert same_end(tmp_path / "part", tmp_path / "whole")


def test_a_run_that_has_time_enough_is_completed(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match=r"^max_time=00:00:00:00 was over after epoch 1 of 2"):
        run(tmp_path / "none", "max_time=00:00:00:00")
    assert run(tmp_path / "enough", "max_time=00:01:00:00")["status"] == "completed"
    assert run(tmp_path / "last", "max_time=00:00:00:00", "epochs=1")["status"] == "completed", "nothing was left to do"
