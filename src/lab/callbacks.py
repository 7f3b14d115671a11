"""What a run shows, keeps and checks once an epoch."""

from __future__ import annotations

import csv
import math
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from tqdm import tqdm

from .module import extras
from .records.curves import EPOCH
from .records.metrics import STD, Metrics, diverged, title

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


class EpochBar(Callback):
    """A progress bar over epochs, on a terminal; nothing where the output goes into a file.

    Args:
        monitor: the metric that is shown beside it.
        hidden: never shown.
    """

    def __init__(self, monitor: str | None = None, hidden: bool = False) -> None:
        self.monitor = monitor
        self.hidden = hidden
        self.bar: Any = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if sys.stderr.isatty() and trainer.is_global_zero and not self.hidden:
            self.bar = tqdm(total=trainer.max_epochs, initial=trainer.current_epoch, unit="epoch", leave=False)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.bar is not None:
            if self.monitor and self.monitor in trainer.callback_metrics:
                value = float(trainer.callback_metrics[self.monitor])
                self.bar.set_postfix_str(f"{title(self.monitor)} {value:.3g}", refresh=False)
            self.bar.update(trainer.current_epoch + 1 - self.bar.n)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        if self.bar is not None:
            self.bar.close()


class EpochAxis(Callback):
    """Lets loggers show what is logged of an epoch over the epochs; Lightning's own axis counts steps."""

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        _log_epoch(trainer, pl_module)

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        _log_epoch(trainer, pl_module)

    def on_test_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        _log_epoch(trainer, pl_module)


def _log_epoch(trainer: Trainer, pl_module: LightningModule) -> None:
    pl_module.log(AXIS, float(trainer.current_epoch), sync_dist=trainer.world_size > 1)


class MetricsCsv(Callback):
    """Appends a row an epoch to `metrics.csv`, empty where a metric wasn't measured in that epoch; a resumed run drops
    the rows after its checkpoint. What a module says of the std over the networks that it trains at once is a column of
    its own.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.columns: list[str] = []
        self.before: dict[str, Any] = {}  # what had been logged by the end of the last epoch

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            rows = self._rows() if trainer.current_epoch else []
            self.columns = list(rows[0]) if rows else []
            self._write([row for row in rows if int(row[EPOCH]) < trainer.current_epoch])

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        logged = _of_epochs(trainer.callback_metrics)
        anew = {name: value for name, value in logged.items() if value is not self.before.get(name)}
        self.before = logged
        if trainer.is_global_zero:
            row: dict[str, Any] = {EPOCH: trainer.current_epoch}
            row |= {name: rounded(value) for name, value in sorted(anew.items())}
            row |= {STD + name: rounded(std) for name, std in extras(pl_module).stds().items()}
            if new := [name for name in row if name not in self.columns]:
                rows = self._rows() if self.columns else []
                self.columns += new
                self._write(rows)
            self._write([row], "a")

    def _rows(self) -> list[dict[str, Any]]:
        with self.path.open(newline="") as file:
            return list(csv.DictReader(file))

    def _write(self, rows: list[dict[str, Any]], mode: str = "w") -> None:
        with self.path.open(mode, newline="") as file:
            writer = csv.DictWriter(file, self.columns, restval="", lineterminator="\n")
            if mode == "w" and self.columns:
                writer.writeheader()
            writer.writerows(rows)


class StopWhenDiverged(Callback):
    """Raises FloatingPointError at the first epoch with a loss that is not a finite number."""

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if said := diverged(epoch_metrics(trainer)):
            raise FloatingPointError(f"diverged: {said} in epoch {trainer.current_epoch}; try a smaller learning rate")


class StopWhenHopeless(Callback):
    """Ends the training at the first epoch of which `hopeless(epoch, value of the metric)` is true."""

    def __init__(self, metric: str, hopeless: Callable[[int, float], bool]) -> None:
        self.metric = metric
        self.hopeless = hopeless
        self.stopped = False

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.metric in trainer.callback_metrics:
            self.stopped = self.hopeless(trainer.current_epoch, float(trainer.callback_metrics[self.metric]))
            trainer.should_stop = trainer.should_stop or self.stopped


class TimeLimit(Callback):
    """Ends the training at the first epoch's end after `max_time` (DD:HH:MM:SS; None is never) of this process.

    Raises:
        TimeoutError: then, when the last checkpoint is written.
    """

    def __init__(self, max_time: str | None) -> None:
        self.max_time = max_time
        days, hours, minutes, seconds = map(int, (max_time or "0:0:0:0").split(":"))
        self.seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds if max_time else math.inf
        self.over = False

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.start = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        over = trainer.strategy.broadcast(time.monotonic() - self.start > self.seconds)  # all processes as one
        self.over = over and trainer.current_epoch + 1 < (trainer.max_epochs or 0)
        trainer.should_stop = trainer.should_stop or self.over

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.over:
            done = f"{trainer.current_epoch} of {trainer.max_epochs} epochs"
            raise TimeoutError(f"max_time={self.max_time} was over after {done}; resume=<run folder> goes on")
