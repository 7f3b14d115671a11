"""The error of a decision region itself, which no draw of test points blurs."""

from __future__ import annotations

import torch
from torch import Tensor

from src.minidl import Sequential, error_rate
from src.minidl.data import batches

from .data import Points

CHUNK = 2000  # cells at a time: the activations of many networks on all cells would fill the memory


def area_error(network: Sequential, grid: Points, threshold: float) -> Tensor:
    """Area of the symmetric difference between where a network says inside and the true disk, in percent of the
    square: of each network, `(runs,)`, or `()`.

    Args:
        network: put into evaluation mode.
        grid: centres of equal cells that cover the square, and what is true there; see `Splits`.
        threshold: a single output above it means inside.
    """
    network.eval()
    cells = grid.inputs.shape[-2]
    parts = zip(*(batches(tensor, CHUNK, -2) for tensor in grid), strict=True)
    errors = [error_rate(network(x), target, threshold) * (x.shape[-2] / cells) for x, target in parts]
    return torch.stack(errors).sum(0)
