"""A command that is told to stop says in a line what is saved, and how to go on: what it says can be pasted."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from src.lab.cli import shown
from src.lab.stop import SIGNALS, Stopped
from tests.conftest import Command, results_in
from tests.lab.running import TOLD, checkpoint, run, same_end
from tests.lab.sweep.misfortune import SLOW
from tests.lab.sweep.process import ONE, outcomes, start
from tests.lab.toy import TOY

DRAWS = ["model.dropout=0.5", "epochs=6", "checkpoint.every=2"]


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(("times", "saved"), [(1, 3), (2, 2)], ids=["once", "twice"])
@pytest.mark.parametrize("name", [each.name for each in SIGNALS])
def test_a_run_saves_its_epoch_and_goes_on_to_the_same_end(
    name: str, times: int, saved: int, here: Command, tmp_path: Path
) -> None:
    signum = signal.Signals[name]
    with pytest.raises(Stopped, match=f"^by {name}"):
        run(tmp_path / "part", *DRAWS, TOLD % (2, signum, times))
    result = json.loads((tmp_path / "part" / "result.json").read_text())
    said = f"Stopped: by {name}" + (" after epoch 3 of 6" if times == 1 else "")
    assert (result["status"], result["error"], result["epochs"]) == ("interrupted", said, saved)
    assert checkpoint(tmp_path / "part")["epoch"] == saved
    run(tmp_path / "whole", *DRAWS)
    done = here("src.train", "resume=part", "~callbacks.told")
    assert done.returncode == 0, done.stderr
    assert same_end(tmp_path / "part", tmp_path / "whole")


def until(there: Any, process: subprocess.Popen[str]) -> None:
    while not there() and process.poll() is None:
        time.sleep(0.05)


@pytest.mark.long
def test_a_process_that_ignores_hangups_goes_on_and_one_that_is_terminated_says_so(tmp_path: Path) -> None:
    """As under `nohup`; one process for both."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    toy = start(tmp_path, "epochs=400", "checkpoint.every=1", SLOW % 0.05, "hydra.run.dir=run")
    signal.signal(signal.SIGHUP, before)
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    until(last.exists, toy)
    toy.send_signal(signal.SIGHUP)
    then = last.stat().st_mtime_ns
    until(lambda: last.stat().st_mtime_ns > then + 2e8, toy)
    toy.send_signal(signal.SIGTERM)
    said, _ = toy.communicate()
    assert toy.returncode == 143, said
    assert said.splitlines()[-1].startswith("stopped by SIGTERM after ") and "Traceback" not in said
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["status"] == "interrupted"
    assert result["epochs"] == checkpoint(tmp_path / "run")["epoch"] >= 2


def pasted(said: str) -> list[str]:
    """The arguments of the command that a line ends with, as a shell has them."""
    found = re.search("(?:go on|begin again): (.*)", said)
    assert found
    python, *words = shlex.split(found[1])
    place = which(python)
    assert place and Path(place).parent.resolve() == Path(sys.executable).parent.resolve()
    assert words[:2] == ["-m", "src.train"]
    return words[2:]


@pytest.mark.parametrize(
    ("epoch", "times", "words"),
    [
        (2, 1, "by SIGTERM after epoch 3 of 6; go on"),
        (3, 2, "by SIGTERM; saved after epoch 2 of 6; go on"),
        (0, 2, "by SIGTERM; no epoch was over; begin again"),
    ],
)
def test_a_run_says_what_is_saved_and_how_to_go_on(
    epoch: int, times: int, words: str, here: Command, tmp_path: Path
) -> None:
    place = "a run's, (50 %)"
    told = TOLD % (epoch, signal.SIGTERM, times)
    done = here("src.train", *TOY, *DRAWS, told, f'hydra.run.dir="{place}"')
    assert done.returncode == 143
    assert done.stderr.startswith(f"stopped {words}: ")
    assert done.stderr.count("\n") == 1
    assert results_in(tmp_path / place)[0]["status"] == "interrupted"
    run(tmp_path / "whole", *DRAWS)
    done = here("src.train", *pasted(done.stderr), "~callbacks.told")
    assert done.returncode == 0, done.stderr
    assert same_end(tmp_path / place, tmp_path / "whole")


def test_what_is_trusted_is_said_again(here: Command, tmp_path: Path) -> None:
    told = TOLD % (1, signal.SIGINT, 1)
    done = here("src.train", *TOY, told, "epochs=3", "trust=[json,csv]", "hydra.run.dir=run")
    assert done.returncode == 130
    assert pasted(done.stderr) == ["resume=run", "trust=[json,csv]"]


def test_a_run_out_of_time_says_the_same(here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY, "max_time=00:00:00:00", "hydra.run.dir=run")
    assert done.returncode == 1
    assert done.stderr.startswith("error: max_time=00:00:00:00 was over after epoch 1 of 2; go on: ")
    assert pasted(done.stderr) == ["resume=run"]


@pytest.mark.long
def test_a_sweep_says_its_own_command(here: Command, tmp_path: Path) -> None:
    ignored = signal.signal(signal.SIGINT, signal.SIG_DFL)  # what starts in the background ignores it
    sweep = start(tmp_path, "-m", "seed=range(2)", "epochs=25", SLOW % 0.05, ONE, start_new_session=True)
    signal.signal(signal.SIGINT, ignored)
    while not results_in(tmp_path):
        assert sweep.poll() is None
    os.killpg(sweep.pid, signal.SIGINT)
    said, _ = sweep.communicate()
    assert sweep.returncode == 130, said
    *_, line = said.splitlines()
    assert line.startswith("stopped by SIGINT; go on: ")
    (folder,) = (tmp_path / "outputs" / "sweeps").iterdir()
    done = here("src.train", *pasted(line))
    assert done.returncode == 0, done.stderr
    assert {status for status, _, _ in outcomes(folder).values()} == {"completed"}
    assert len(outcomes(folder)) == 2


def test_a_command_is_named_as_this_shell_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    found = Path(sys.executable).with_name("python").exists()
    assert shown.door("train") == "python -m src.train" or not found
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shlex.split(shown.door("train"))[1:] == ["-m", "src.train"]
    assert shlex.split(shown.door("train"))[0] != "python"
