"""When a network had learnt what it was going to learn."""

from __future__ import annotations

import torch
from torch import Tensor

CLOSE = 0.5  # points of validation error: what is no nearer to the best than that is still learning


class Saturation:
    """Collects the validation error of networks over the epochs.

    Args:
        every: epochs from one measurement to the next.

    Attributes:
        history: by epoch, 0, 1, …, where it was measured: each network's error in percent, `(runs,)`.
    """

    def __init__(self, every: int) -> None:
        self.every = every
        self.history: dict[int, Tensor] = {}

    def add(self, epoch: int, error: Tensor) -> None:
        """What was measured where a run ended that now goes on is dropped, as if it had never been stopped."""
        self.history = {before: each for before, each in self.history.items() if (before + 1) % self.every == 0}
        self.history[epoch] = error

    def epochs(self) -> Tensor:
        """After how many epochs each network first came within half a point of the least error that it ever had:
        `(runs,)`.
        """
        errors = torch.stack(list(self.history.values()))
        first = (errors <= errors.amin(0) + CLOSE).int().argmax(0)
        return (torch.tensor(list(self.history), device=errors.device)[first] + 1).to(errors.dtype)
