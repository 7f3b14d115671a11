"""What a run shows and checks once an epoch."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from tqdm import tqdm

from .doing import say
from .logged import AfterModule, epoch_metrics
from .records.folder import is_main_process
from .records.metrics import diverged, title


class EpochBar(AfterModule):
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

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        self.teardown(trainer, pl_module, "")  # which Lightning doesn't call then

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        if self.bar is not None:
            self.bar.close()


class Doing(Callback):
    """Says on a terminal what the run is doing before and after its training, unless it is `hidden`."""

    def __init__(self, hidden: bool) -> None:
        self.hidden = hidden or not is_main_process()

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        say()

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        say("testing", self.hidden)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        say()


class StopWhenDiverged(AfterModule):
    """Raises FloatingPointError at the first epoch with a loss that is not a finite number."""

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if said := diverged(epoch_metrics(trainer)):
            raise FloatingPointError(
                f"diverged: {said} in epoch {trainer.current_epoch + 1}; try a smaller learning rate"
            )


class StopWhenHopeless(AfterModule):
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
            done = f"epoch {trainer.current_epoch} of {trainer.max_epochs}"
            raise TimeoutError(f"max_time={self.max_time} was over after {done}")
