"""What was measured of each network in the course of training."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from src.lab.many import over_networks

CLOSE = 0.5  # points of validation error: a network that is farther than this from its best is still learning


class History:
    """Collects what is measured where the native loop pauses.

    Args:
        every: epochs from one pause to the next.

    Attributes:
        figures: by metric and number of epochs done, each network's, `(runs,)`.
    """

    def __init__(self, every: int) -> None:
        self.every = every
        self.figures: dict[str, dict[int, Tensor]] = {}

    def add(self, epochs: int, measured: dict[str, Tensor]) -> None:
        """A resumed run drops what was measured between two pauses, where it had ended: an unstopped run has none."""
        for name, values in measured.items():
            by_epochs = self.figures.setdefault(name, {})
            if (last := next(reversed(by_epochs), 0)) % self.every:
                del by_epochs[last]
            by_epochs[epochs] = values.cpu()

    def curve(self, name: str) -> tuple[list[int], Tensor, Tensor]:
        """After how many epochs a metric was measured and, for each, its mean and std over the networks."""
        values, loss = (self._stacked(each) for each in (name, f"{name.partition('/')[0]}/loss"))
        return list(self.figures[name]), *over_networks(values, loss)

    def kept(self) -> list[int]:
        """Of how many networks each mean is that was taken: those whose loss was finite then."""
        losses = [self._stacked(name) for name in self.figures if name.endswith("/loss")]
        return [int(n) for loss in losses for n in loss.isfinite().sum(1)]

    def saturation(self) -> Tensor:
        """After how many epochs each network first came within half a point of the least validation error that it ever
        had: `(runs,)`.
        """
        errors = self._stacked("val/error")
        first = (errors <= errors.amin(0) + CLOSE).int().argmax(0)
        return torch.tensor(list(self.figures["val/error"]), dtype=errors.dtype)[first]

    def state_dict(self) -> dict[str, Any]:
        """One tensor for each metric, `(pauses, runs)`: many small tensors make a checkpoint slow."""
        return {name: (list(by_epochs), self._stacked(name)) for name, by_epochs in self.figures.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.figures = {name: dict(zip(epochs, values, strict=True)) for name, (epochs, values) in state.items()}

    def _stacked(self, name: str) -> Tensor:
        return torch.stack(list(self.figures[name].values()))
