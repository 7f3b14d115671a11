"""What a run shows, keeps and checks once an epoch."""

from __future__ import annotations

import csv
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint
from tqdm import tqdm

from src.lab.records import metrics


def epoch_metrics(trainer: Trainer) -> dict[str, float]:
    """What has been logged so far, as plain numbers: `{"train/loss": 0.3, "val/error": 2.4, …}`."""
    return {name: float(f"{value:.6g}") for name, value in sorted(trainer.callback_metrics.items()) if "/" in name}


def last_row(folder: str | Path) -> dict[str, float]:
    """The figures of the last epoch in a run folder's `metrics.csv`."""
    with (Path(folder) / metrics.CSV).open() as file:
        *_, row = csv.DictReader(file)
    return {name: float(value) for name, value in row.items() if "/" in name and not name.startswith(metrics.STD)}


class EpochBar(Callback):
    """A progress bar over epochs, on a terminal; nothing where the output goes into a file.

    Args:
        hidden: never shown.
    """

    def __init__(self, hidden: bool = False) -> None:
        self.hidden = hidden
        self.bar: Any = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if sys.stderr.isatty() and trainer.is_global_zero and not self.hidden:
            self.bar = tqdm(total=trainer.max_epochs, initial=trainer.current_epoch, unit="epoch", leave=False)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.bar is not None:
            if "val/error" in trainer.callback_metrics:
                error = float(trainer.callback_metrics["val/error"])
                self.bar.set_postfix_str(f"val error {error:.1f} %", refresh=False)
            self.bar.update(trainer.current_epoch + 1 - self.bar.n)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        if self.bar is not None:
            self.bar.close()


class MetricsCsv(Callback):
    """Appends a row an epoch to `metrics.csv`; a resumed run drops the rows after its checkpoint. What a module says of
    the std over the networks that it trains at once is a column of its own.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / metrics.CSV

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            heading, *rows = self.path.read_text().splitlines(keepends=True) if trainer.current_epoch else [""]
            before = [row for row in rows if int(row.split(",")[0]) < trainer.current_epoch]
            self.path.write_text("".join([heading, *before]))

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            stds: metrics.Metrics = getattr(pl_module, "stds", dict)()
            row = {"epoch": trainer.current_epoch, **epoch_metrics(trainer)}
            row |= {metrics.STD + name: float(f"{std:.6g}") for name, std in stds.items()}
            with self.path.open("a", newline="") as file:
                writer = csv.DictWriter(file, fieldnames=list(row), lineterminator="\n")
                if file.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)


class StopWhenDiverged(Callback):
    """Raises FloatingPointError at the first epoch whose loss is not a finite number."""

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        for name, value in epoch_metrics(trainer).items():
            if name.endswith("/loss") and not math.isfinite(value):
                raise FloatingPointError(
                    f"diverged: {name} is {value} in epoch {trainer.current_epoch}; try a smaller optimizer.lr"
                )


class StopWhenHopeless(Callback):
    """Ends the training at the first epoch of which `hopeless(epoch, value of the metric)` is true."""

    def __init__(self, metric: str, hopeless: Callable[[int, float], bool]) -> None:
        self.metric = metric
        self.hopeless = hopeless
        self.stopped = False

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
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

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.over:
            done = f"{trainer.current_epoch} of {trainer.max_epochs} epochs"
            raise TimeoutError(f"max_time={self.max_time} was over after {done}; resume=<run folder> goes on")


class LastCheckpoint(Checkpoint):
    """Writes `last.ckpt`, atomically, every so many epochs and after the last one: what `resume` goes on from."""

    def __init__(self, folder: str | Path, every: int) -> None:
        self.path = Path(folder) / "last.ckpt"
        self.every = every
        self.saved = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.saved = trainer.current_epoch

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        done = trainer.current_epoch + 1  # the native loop of disk models does several epochs at a time
        due = done // self.every > self.saved // self.every
        if due or done == trainer.max_epochs or trainer.should_stop:
            trainer.save_checkpoint(self.path)
            self.saved = done
