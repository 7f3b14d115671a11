"""Told to stop: an epoch comes to its end first, unless it is told again, and nothing is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning import Callback, LightningModule, Trainer

from src.lab import stop
from src.lab.stop import SIGNALS, Stopped, be_patient, listening, told
from tests.conftest import ROOT, Command

from .running import checkpoint, run, same_end
from .sweep.misfortune import SLOW
from .sweep.process import start
from .toy import TOY

NAMES = [each.name for each in SIGNALS]


def send(name: str) -> None:
    os.kill(os.getpid(), signal.Signals[name])
    time.sleep(0.01)  # in which Python comes to it


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_is_raised_with_the_status_that_a_shell_expects(name: str) -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    with pytest.raises(Stopped, match=rf"^by {name}$") as raised, listening():
        send(name)
    assert raised.value.status == 128 + signal.Signals[name]
    assert [signal.getsignal(each) for each in SIGNALS] == before
    assert not isinstance(raised.value, Exception | KeyboardInterrupt), "whoever catches those lets it through"


def told_twice(name: str) -> None:
    with listening():
        be_patient(True)
        assert told() is None
        send(name)
        assert told() == signal.Signals[name]
        send("SIGINT")
        pytest.fail("the second one is raised")


@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_patient_is_told_once_and_stopped_at_the_second_signal(name: str) -> None:
    with pytest.raises(Stopped, match=rf"^by {name}$"):
        told_twice(name)
    assert told() is None


def patient() -> None:
    with listening():
        be_patient(True)
        send("SIGTERM")
        threading.Event().wait(20)
        pytest.fail("patience has no end")


def test_patience_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop, "PATIENCE", 0.05)
    with pytest.raises(Stopped, match=r"^by SIGTERM$"):
        patient()


def stopped() -> None:
    with listening():
        try:
            send("SIGTERM")
        finally:
            for name in NAMES:
                send(name)


def test_what_has_been_told_to_stop_is_not_told_again() -> None:
    """It writes down what it has come to."""
    with pytest.raises(Stopped, match=r"^by SIGTERM$"):
        stopped()


def test_a_signal_that_was_ignored_from_the_start_still_is() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with listening():
            send("SIGHUP")
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_thread_leaves_the_signals_alone() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    seen: list[Any] = []

    def work() -> None:
        with listening():
            be_patient(True)
            seen.extend(signal.getsignal(each) for each in SIGNALS)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == before


class Told(Callback):
    """The process of the run is told to stop in the middle of an epoch, so many times."""

    def __init__(self, epoch: int, signum: int, times: int) -> None:
        self.epoch, self.signum, self.times = epoch, signum, times

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if trainer.current_epoch == self.epoch and batch_idx < self.times:
            os.kill(os.getpid(), self.signum)
            time.sleep(0.01)


TOLD = f"+callbacks.told={{_target_: {__name__}.Told, epoch: 2, signum: %d, times: %d}}"
DRAWS = ["model.dropout=0.5", "epochs=6", "checkpoint.every=2"]


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(("times", "saved"), [(1, 3), (2, 2)], ids=["once", "twice"])
@pytest.mark.parametrize("name", NAMES)
def test_a_run_saves_its_epoch_and_goes_on_to_the_same_end(
    name: str, times: int, saved: int, here: Command, tmp_path: Path
) -> None:
    signum = signal.Signals[name]
    with pytest.raises(Stopped, match=f"^by {name}"):
        run(tmp_path / "part", *DRAWS, TOLD % (signum, times))
    result = json.loads((tmp_path / "part" / "result.json").read_text())
    said = f"Stopped: by {name}" + (" after epoch 3 of 6" if times == 1 else "")
    assert (result["status"], result["error"], result["epochs"]) == ("interrupted", said, saved)
    assert checkpoint(tmp_path / "part")["epoch"] == saved
    run(tmp_path / "whole", *DRAWS)
    done = here("src.train", "resume=part", "~callbacks.told")
    assert done.returncode == 0, done.stderr
    assert same_end(tmp_path / "part", tmp_path / "whole")


def test_the_command_says_how_to_go_on(here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY, *DRAWS, TOLD % (signal.SIGTERM, 1), "hydra.run.dir=run")
    assert done.returncode == 143
    assert done.stderr == "stopped by SIGTERM after epoch 3 of 6; resume=run goes on\n"


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


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, src.lab.stop, src.lab.resume.resume, src.lab.cli.streams; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
