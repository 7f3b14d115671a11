"""Training in one call, and a callback that stops it early."""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Any

from torch import Tensor

from .epoch import EpochRecord
from .loop import Callback, Loop
from .losses import Loss
from .module import Module
from .optimizer import Optimizer


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


class EarlyStop:
    """A callback that stops when a score hasn't fallen for `patience` epochs.

    Args:
        patience: epochs without a fall by more than `min_delta`.
        score: what should fall; by default the mean training loss of all runs.
        min_delta: what counts as a fall.
    """

    def __init__(
        self, patience: int, score: Callable[[Loop, EpochRecord], float] | None = None, min_delta: float = 0.0
    ) -> None:
        self.patience, self.score, self.min_delta = patience, score or mean_loss, min_delta
        self.best, self.waited = inf, 0

    def __call__(self, loop: Loop, record: EpochRecord) -> bool:
        """Whether to stop."""
        score = self.score(loop, record)
        if score < self.best - self.min_delta:
            self.best, self.waited = score, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


def mean_loss(loop: Loop, record: EpochRecord) -> float:
    """The mean training loss of all runs."""
    return sum(record.loss) / len(record.loss)
