"""How an epoch went: learning rates, gradient norm, seconds, samples a second."""

from __future__ import annotations

import time
from typing import Any

from pytorch_lightning import Callback, Trainer

from .views import views_of


class Vitals(Callback):
    """Logs an epoch's learning rates, gradient norm, seconds, and samples a second, to all loggers.

    Args:
        views: the class that tells more than Lightning does; see `Views.vitals`.
    """

    def __init__(self, views: str | None = None) -> None:
        self.views = views

    def on_train_epoch_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.epoch, self.start = trainer.current_epoch, time.perf_counter()

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        self.trained = time.perf_counter()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        vitals = views_of(pl_module, self.views).vitals()
        named = learning_rates(trainer)
        named |= {f"optimizer/{name}": vitals.pop(name) for name in ("lr", "gradient_norm") if name in vitals}
        if samples := vitals.pop("samples", 0):
            named["time/samples_per_second"] = samples / (self.trained - self.start)
        epochs = trainer.current_epoch + 1 - self.epoch  # some modules do several at a time
        named["time/seconds_per_epoch"] = (time.perf_counter() - self.start) / epochs
        for logger in trainer.loggers:
            logger.log_metrics(named | vitals, step=trainer.current_epoch + 1)


def learning_rates(trainer: Trainer) -> dict[str, float]:
    """Of each optimizer's first group of parameters: `optimizer/lr`, or `optimizer/lr_0` and so on."""
    rates = [float(optimizer.param_groups[0]["lr"]) for optimizer in trainer.optimizers if optimizer.param_groups]
    if len(rates) == 1:
        return {"optimizer/lr": rates[0]}
    return {f"optimizer/lr_{i}": rate for i, rate in enumerate(rates)}
