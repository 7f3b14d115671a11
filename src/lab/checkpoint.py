"""The checkpoint that a run goes on from."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint
from torchmetrics import Metric

from . import private

HYPER_PARAMETERS = "hyper_parameters", "datamodule_hyper_parameters"  # as Lightning calls what classes keep themselves


class LastCheckpoint(Checkpoint):
    """Saves every so many epochs and after the last one, atomically: what `resume` goes on from.

    It saves between two epochs, when all that belongs to the first is over (schedules that watch a metric have made
    their step, metrics are reset). Metrics of torchmetrics that last longer than an epoch are saved with the weights; a
    resumed run has them again although many modules reset them in `on_train_start`. Of the hyper-parameters that a
    class keeps, what isn't plain data is left out, since a checkpoint is loaded without running anybody's code.

    Args:
        path: of the checkpoint.
        every: epochs.
    """

    def __init__(self, path: str | Path, every: int) -> None:
        self.path = Path(path)
        self.every = every
        self.saved = 0
        self.resumed: list[tuple[Metric, dict[str, Any]]] = []

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        for metric in _metrics(pl_module):
            metric.persistent(True)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.saved = trainer.current_epoch
        if self.saved:
            self.resumed = [(metric, deepcopy(metric.state_dict())) for metric in _metrics(pl_module)]

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        while self.resumed:
            metric, state = self.resumed.pop()
            metric.load_state_dict(state)
        if trainer.current_epoch // self.every > self.saved // self.every:  # some modules do several epochs at a time
            with private.BetweenEpochs(trainer):
                self._save(trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch != self.saved:
            self._save(trainer)

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        for key in HYPER_PARAMETERS:
            if key in checkpoint:
                checkpoint[key] = {name: value for name, value in checkpoint[key].items() if _is_plain(value)}

    def _save(self, trainer: Trainer) -> None:
        trainer.save_checkpoint(self.path)
        self.saved = trainer.current_epoch


def _metrics(module: LightningModule) -> Iterator[Metric]:
    return (part for part in module.modules() if isinstance(part, Metric))


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple | set):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int | float | bool | torch.Tensor)
