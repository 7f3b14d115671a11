"""Runs in several real processes, and what becomes of them where one fails, dies, or is told to stop."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning import Callback, LightningModule, Trainer

from src.lab import stop
from src.lab.rank import _portable
from src.lab.ranks.process import as_raised
from tests.conftest import Command, results_in

from .running import go_on, run, same_end
from .sweep.process import start
from .toy import TOY

DDP = ["trainer=ddp", "trainer.accelerator=cpu"]
DRAWS = ["model.dropout=0.5", "epochs=6", "checkpoint.every=2"]


class Misfortune(Callback):
    """In the middle of an epoch, one of the run's processes raises what is named, or is killed."""

    def __init__(self, epoch: int, rank: int, raises: str | None = None) -> None:
        self.epoch, self.rank, self.raises = epoch, rank, raises

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        if (trainer.current_epoch, trainer.global_rank) == (self.epoch, self.rank):
            if self.raises:
                raise LookupError(self.raises)
            os.kill(os.getpid(), signal.SIGKILL)


class TellsToStop(Callback):
    """In the middle of an epoch, whoever waits for the run is told to stop."""

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if (trainer.current_epoch, trainer.global_rank, batch_idx) == (2, 0, 0):
            os.kill(os.getppid(), signal.SIGTERM)
            while not stop.told():
                time.sleep(0.01)


MISFORTUNE = f"+callbacks.breaks={{_target_: {__name__}.Misfortune, epoch: 3, rank: %d, raises: %s}}"
TOLD = f"+callbacks.breaks={{_target_: {__name__}.TellsToStop}}"


def left() -> list[str]:
    """The processes of this one's runs that there are."""
    ours = ["ps", "-o", "args=", "--ppid", str(os.getpid())]
    listed = subprocess.run(ours, capture_output=True, text=True).stdout.splitlines()
    return [line for line in listed if "src.lab.rank" in line]


@pytest.mark.long
@pytest.mark.parametrize("rank", [1, 0])
def test_a_killed_rank_ends_the_run_which_goes_on_to_the_same_end(rank: int, tmp_path: Path) -> None:
    said = f"rank {rank} of its 2 processes was killed by SIGKILL"
    with pytest.raises(RuntimeError, match=f"^{said}"):
        run(tmp_path / "part", *DDP, *DRAWS, MISFORTUNE % (rank, "null"))
    assert not left()
    (result,) = results_in(tmp_path)
    assert result["status"] == "failed"
    assert said in result["error"]
    go_on(tmp_path / "part")
    run(tmp_path / "whole", *DDP, *DRAWS)
    assert same_end(tmp_path / "part", tmp_path / "whole")
    assert not left()


@pytest.mark.long
def test_what_one_rank_raises_is_what_the_run_says(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"^nothing there\n") as raised:
        run(tmp_path, *DDP, "epochs=5", MISFORTUNE % (1, "nothing there"))
    assert "on_train_batch_end" in "".join(raised.value.__notes__), "where it was raised"
    (result,) = results_in(tmp_path)
    assert (result["status"], result["error"]) == ("failed", "LookupError: nothing there")
    assert not left()


@pytest.mark.long
def test_told_to_stop_all_ranks_save_their_epoch_and_go_on_to_the_same_end(tmp_path: Path) -> None:
    with pytest.raises(stop.Stopped, match=r"^by SIGTERM after epoch 3 of 6$"):
        run(tmp_path / "part", *DDP, *DRAWS, TOLD)
    (result,) = results_in(tmp_path)
    assert (result["status"], result["epochs"]) == ("interrupted", 3)
    assert not left()
    go_on(tmp_path / "part")
    run(tmp_path / "whole", *DDP, *DRAWS)
    assert same_end(tmp_path / "part", tmp_path / "whole")


@pytest.mark.long
def test_ranks_end_with_the_command_however_it_ends(tmp_path: Path) -> None:
    command = start(tmp_path, *DDP, "epochs=100000", "hydra.run.dir=run", "logger=csv")
    try:
        wait_for(lambda: (tmp_path / "run" / "checkpoints" / "last.ckpt").exists())
        ranks = subprocess.run(["ps", "-o", "pid=", "--ppid", str(command.pid)], capture_output=True, text=True).stdout
        assert len(ranks.split()) == 2
    finally:
        command.kill()
        command.communicate(timeout=60)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in ranks.split()))


def wait_for(there: Any) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.long
def test_a_sweep_has_runs_in_several_processes(here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY, *DDP, "epochs=1", "-m", "seed=0,1", "hydra.launcher.workers=1")
    assert done.returncode == 0, done.stderr
    assert [result["processor"].rpartition(" ")[2] for result in results_in(tmp_path)] == ["2", "2"]


def test_callbacks_from_outside_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="takes its callbacks from the configuration"):
        run(tmp_path, *DDP, callbacks=[Misfortune(0, 0)])


class OwnError(Exception):
    """One that can't be pickled."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")
        self.lock = threading.Lock()


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (FloatingPointError("diverged"), FloatingPointError, "diverged"),
        (FileNotFoundError(2, "No such file", "here"), FileNotFoundError, "[Errno 2] No such file: 'here'"),
        (OwnError("this", "that"), RuntimeError, "OwnError: this and that"),
        (stop.Stopped(15, "after epoch 3 of 6"), stop.Stopped, "by SIGTERM after epoch 3 of 6"),
    ],
)
def test_an_error_goes_from_one_process_to_another(error: BaseException, kind: type[BaseException], said: str) -> None:
    there = as_raised(*pickle.loads(pickle.dumps(_portable(error))))
    assert (type(there), str(there)) == (kind, said)
