"""Runs of the toy experiment in this process, and what they leave behind."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer

from src.lab.config import compose
from src.lab.records.results import Result
from src.lab.train import run as train

from .toy import TOY


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


class Breaks(Callback):
    """Fails in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        if trainer.current_epoch == self.epoch:
            raise RuntimeError("broken")


BREAKS = "+callbacks.breaks={_target_: tests.lab.running.Breaks, epoch: %d}"
MENDED = "~callbacks.breaks"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
