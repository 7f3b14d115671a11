"""Training in one call."""

from collections.abc import Iterable, Sequence
from typing import Any

from torch import Tensor

from .loop import Callback, Loop
from .losses import Loss
from .module import Module
from .optimizer import Optimizer
from .record import EpochRecord


def fit(
    net: Module,
    loss: Loss,
    optimizer: Optimizer,
    inputs: Tensor,
    targets: Tensor,
    epochs: int,
    batch_size: int | None = None,
    seed: int | Sequence[int] = 0,
    callbacks: Iterable[Callback] = (),
    **settings: Any,
) -> list[EpochRecord]:
    """Train, and return the history: `Loop(...).run(epochs, callbacks)`, whose settings these are."""
    return Loop(net, loss, optimizer, inputs, targets, batch_size, seed, **settings).run(epochs, callbacks)
