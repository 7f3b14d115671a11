"""The optimizer of a pairs network and its schedule, as Lightning asks for them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler


def optimizing(
    parameters: Sequence[nn.Parameter],
    make_optimizer: Callable[[list[dict[str, Any]]], Optimizer],
    make_schedule: Callable[..., LRScheduler] | None,
    steps: Callable[[], float],
) -> Any:
    """What `configure_optimizers` returns; weight decay is for matrices and kernels alone. `steps` says how many there
    will be, where the schedule asks.

    Raises:
        ValueError: the training has too few steps for the schedule.
    """
    matrices = {"params": [p for p in parameters if p.ndim > 1]}
    vectors = {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}  # biases, normalisations
    optimizer = make_optimizer([matrices, vectors])
    if make_schedule is None:
        return optimizer
    return {"optimizer": optimizer, "lr_scheduler": _schedule(optimizer, make_schedule, steps)}


def _schedule(optimizer: Optimizer, make: Callable[..., LRScheduler], steps: Callable[[], float]) -> dict[str, Any]:
    """One that takes `total_steps` goes on with each step of the optimizer, any other with each epoch."""
    if "total_steps" not in inspect.signature(make).parameters:
        return {"scheduler": make(optimizer), "interval": "epoch", "monitor": "val/loss"}
    total = int(steps())
    try:
        schedule = make(optimizer, total_steps=total)
    except ZeroDivisionError:  # OneCycleLR, where the first part of the cycle would be a single step
        instead = "more epochs, smaller batches, or schedule=constant"
        raise ValueError(f"{total} steps are too few for the schedule: {instead}") from None
    return {"scheduler": schedule, "interval": "step"}
