"""What has been logged of whole epochs: as plain numbers, on an axis of epochs, and as a row an epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint

from .module import extras
from .records.atomic import named, put
from .records.curves import EPOCH, table
from .records.metrics import STD, Metrics

AXIS = "step"  # how Lightning is told where on the x axis of its loggers a figure belongs


def epoch_metrics(trainer: Trainer) -> Metrics:
    """What has been logged of whole epochs so far, as plain numbers: `{"train/loss": 0.3, "val/acc": 0.9, …}`."""
    return {name: rounded(value) for name, value in sorted(_of_epochs(trainer.callback_metrics).items())}


def rounded(value: Any) -> float:
    """Six digits, which is what float32 knows."""
    return float(f"{float(value):.6g}")


def _of_epochs(logged: Mapping[str, Any]) -> dict[str, Any]:
    """Without the axis and, of a metric that is logged each step too, Lightning's two further names for it."""
    forked = {name + end for name in logged for end in ("_step", "_epoch") if name + "_epoch" in logged}
    return {name: value for name, value in logged.items() if name != AXIS and name not in forked}


class EpochAxis(Callback):
    """Lets loggers show what is logged of an epoch over the number of epochs that are done, 1 after the first one;
    Lightning's own axis counts steps.
    """

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        _log_epochs(trainer, pl_module, trainer.current_epoch + 1)

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        _log_epochs(trainer, pl_module, trainer.current_epoch + 1)

    def on_test_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        _log_epochs(trainer, pl_module, trainer.current_epoch)


def _log_epochs(trainer: Trainer, pl_module: LightningModule, done: int) -> None:
    pl_module.log(AXIS, float(done), sync_dist=trainer.world_size > 1)


class AfterModule(Checkpoint):
    """A callback that sees what a module logs in its own `on_train_epoch_end` too: of all callbacks, Lightning calls
    those that keep something of an epoch last.
    """


class MetricsCsv(AfterModule):
    """Appends a row an epoch to `metrics.csv`, empty where a metric wasn't measured in that epoch; a resumed run drops
    the rows after its checkpoint. What a module says of the std over the networks that it trains at once is a column of
    its own.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.columns: list[str] = []
        self.before: dict[str, Any] = {}  # what had been logged when the epoch began

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            self.columns, rows = table(self.path) if trainer.current_epoch else ([], [])
            before = [row for row in rows if int(row[0]) < trainer.current_epoch]
            self._write(before)

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if batch_idx == 0:
            self.before = dict(trainer.callback_metrics)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        logged = _of_epochs(trainer.callback_metrics)
        anew = {name: value for name, value in logged.items() if value is not self.before.get(name)}
        if trainer.is_global_zero:
            row: dict[str, Any] = {EPOCH: trainer.current_epoch}
            row |= {name: rounded(value) for name, value in sorted(anew.items())}
            row |= {STD + name: rounded(std) for name, std in extras(pl_module).stds().items()}
            if new := [name for name in row if name not in self.columns]:
                self.columns += new
                self._write(table(self.path)[1])
            with named(self.path), self.path.open("a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, self.columns, restval="", lineterminator="\n").writerow(row)

    def _write(self, rows: list[list[str]]) -> None:
        """The file anew: the columns and these rows, which may be of the first columns alone."""
        text = io.StringIO(newline="")
        lines = [self.columns, *(row + [""] * (len(self.columns) - len(row)) for row in rows)]
        csv.writer(text, lineterminator="\n").writerows(lines if self.columns else [])
        put(text.getvalue(), self.path)
