"""Runs of the toy experiment in this process, and what they leave behind."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from src.lab.config import compose
from src.lab.records import curves, results
from src.lab.records.folder import RunFolder
from src.lab.records.results import Result
from src.lab.train import run as train
from tests.long import whole_or

from .toy import TOY

KILLS = int(os.environ.get("KILLS", whole_or(2, 6)))  # how many a test of them makes; more take longer


def run(folder: Path, *overrides: str, callbacks: Sequence[Callback] = ()) -> Result:
    """A toy run into the folder."""
    cfg = compose(*TOY, *overrides)
    cfg.job.folder = str(folder)
    return train(cfg, callbacks)


def checkpoint(folder: Path, which: str = "last") -> dict[str, Any]:
    """A checkpoint of the run in the folder; loading it runs nobody's code."""
    loaded: dict[str, Any] = torch.load(folder / "checkpoints" / f"{which}.ckpt", weights_only=True)
    return loaded


def weights(folder: Path, which: str = "last") -> dict[str, Any]:
    """The tensors in a checkpoint of the run in the folder."""
    state: dict[str, Any] = checkpoint(folder, which)["state_dict"]
    return state


def rows(folder: Path) -> list[dict[str, str]]:
    """The rows of the run's `metrics.csv`."""
    return list(csv.DictReader((folder / "metrics.csv").read_text().splitlines()))


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether all tensors have the same bits."""
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def same_end(first: Path, second: Path) -> bool:
    """Whether two runs have come to the same weights by the same way."""
    metrics = [(folder / "metrics.csv").read_text() for folder in (first, second)]
    return same(weights(first), weights(second)) and metrics[0] == metrics[1]


def check_whole(folder: Path) -> None:
    """Whatever a run has left so far can be read by who reads it."""
    run = RunFolder(folder)
    for path in run.result, run.attempt:
        with suppress(FileNotFoundError):
            assert results.read(path)["status"] in ("completed", "failed", "interrupted")
    for path in run.last, run.previous, run.best:
        with suppress(FileNotFoundError):
            assert torch.load(path, weights_only=True)["state_dict"]
    if run.configuration.exists() and run.last.exists():
        assert run.recorded().epochs
    heading, rows = curves.table(run.metrics)
    assert all(len(row) == len(heading) for row in rows)


def go_on(folder: Path, *overrides: str) -> Result:
    """What its user does when a run was stopped by something: a run anew where there is nothing to go on from."""
    place = RunFolder(folder)
    if not place.configuration.exists():
        return run(folder, *overrides)
    return train(compose(f"resume={folder}", *[MENDED] * ("breaks" in place.recorded().callbacks)))


class Breaks(Callback):
    """Fails in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        if trainer.current_epoch == self.epoch:
            raise RuntimeError("broken")


class Told(Callback):
    """The process of the run is told to stop in the middle of an epoch, so many times."""

    def __init__(self, epoch: int, signum: int, times: int) -> None:
        self.epoch, self.signum, self.times = epoch, signum, times

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if trainer.current_epoch == self.epoch and batch_idx < self.times:
            os.kill(os.getpid(), self.signum)
            time.sleep(0.01)


TOLD = "+callbacks.told={_target_: tests.lab.running.Told, epoch: %d, signum: %d, times: %d}"
BREAKS = "+callbacks.breaks={_target_: tests.lab.running.Breaks, epoch: %d}"
MENDED = "~callbacks.breaks"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_second_diverged(result: Result, healthy: Result) -> None:
    """Of three networks trained at once the second has failed; the others are what they are beside a healthy one."""
    failed = result["runs"][1]
    assert (result["status"], failed["status"], failed["metrics"], failed["seed"]) == ("completed", "failed", {}, 1)
    assert "diverged" in failed["error"]
    assert [result["runs"][0], result["runs"][2]] == [healthy["runs"][0], healthy["runs"][2]]
    left = [healthy["runs"][r]["metrics"]["test/error"] for r in (0, 2)]
    assert result["metrics"]["test/error"] == pytest.approx(sum(left) / 2, rel=1e-5)
