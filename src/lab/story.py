"""How a training goes, told in the run's `train.log`."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator

from omegaconf import DictConfig
from pytorch_lightning import LightningModule, Trainer

from .logged import AfterModule, epoch_metrics

log = logging.getLogger(__name__)

LINES = 10  # of epochs, of whatever length the training is


class Story(AfterModule):
    """Says what is trained on, of every tenth part of the epochs how far it is, and of the monitor its best."""

    def __init__(self, cfg: DictConfig) -> None:
        self.monitor, self.mode = cfg.monitor, cfg.mode
        self.best, self.at, self.told = math.nan, 0, 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.start, self.first = time.perf_counter(), trainer.current_epoch
        self.told = self.first
        sizes = f"{trainer.num_training_batches} batches an epoch, {sum(trainer.num_val_batches)} of validation"
        goes_on = f", on after epoch {self.first} of {trainer.max_epochs}" if self.first else ""
        log.info("training of %s on %s%s", type(pl_module).__name__, sizes, goes_on)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        epoch, last = trainer.current_epoch + 1, trainer.max_epochs or 0
        value = float(trainer.callback_metrics.get(self.monitor or "", math.nan))
        if not self.at or (value > self.best if self.mode == "max" else value < self.best):
            self.best, self.at = value, 0 if math.isnan(value) else epoch
        if epoch == 1 or epoch * LINES // max(1, last) > self.told * LINES // max(1, last):
            self.told = epoch
            log.info("epoch %d of %d: %s", epoch, last, ", ".join(self._figures(trainer)))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        done, seconds = trainer.current_epoch - self.first, time.perf_counter() - self.start
        best = f", the best of them epoch {self.at} with {self.monitor} {self.best:.4g}" if self.at else ""
        log.info("trained for %d epochs in %.1f s%s", done, seconds, best)

    def _figures(self, trainer: Trainer) -> Iterator[str]:
        """The losses and the monitor."""
        for name, value in epoch_metrics(trainer).items():
            if name.endswith("loss") or name == self.monitor:
                yield f"{name} {value:.4g}"
