"""Layers that see a whole batch while each of several processes holds a part of it: dropout and batch normalisation."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed
from torch import Tensor, nn
from torch.nn import functional

from src.lab.data import Part


class Rows:
    """Which part of the batch is this process's, for the layers that ask; a layer may see several rows of an item."""

    def __init__(self) -> None:
        self.part = Part(0, 1, 1)

    def of(self, x: Tensor) -> Part:
        """The part that `x` `(rows, …)` is, in rows."""
        each = len(x) // max(1, self.part.size)  # whoever has no part of a batch gets an item, which doesn't count
        return Part(*(each * row for row in self.part))


class Dropout(nn.Dropout):
    """Draws the mask of the whole batch, from generators that are alike in all processes, and takes its part of it."""

    rows: Rows

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        part = self.rows.of(x)
        mask = functional.dropout(x.new_ones(part.whole, *x.shape[1:]), self.p)  # as torch draws it of the whole
        return x * mask[part.first : part.first + len(x)]


class _BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Normalises by the mean and the variance of the whole batch, `(rows, channels, …)`, with torch's own arguments.
    `torch.nn.SyncBatchNorm` needs a GPU.
    """

    rows: Rows

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        here: Any = self  # torch allows for each of its tensors to be None
        part, over, column = self.rows.of(x), [0, *range(2, x.ndim)], [1, -1] + [1] * (x.ndim - 2)
        n = part.whole * x[0, 0].numel()
        if n == 1:
            raise ValueError("batch normalisation can't train on one item a batch")
        wide = x.to(here.weight.dtype)
        mean = _sum(wide[: part.size].sum(over)) / n
        centred = wide - mean.view(column)
        variance = _sum((centred[: part.size] ** 2).sum(over)) / n
        with torch.no_grad():
            here.num_batches_tracked += 1
            here.running_mean.lerp_(mean, here.momentum)
            here.running_var.lerp_(variance * n / (n - 1), here.momentum)
        scale = here.weight * (variance + self.eps).rsqrt()
        y: Tensor = centred * scale.view(column) + here.bias.view(column)
        return y.to(x.dtype)


class BatchNorm1d(_BatchNorm, nn.BatchNorm1d):
    """Of `(rows, channels)`."""


class BatchNorm2d(_BatchNorm, nn.BatchNorm2d):
    """Of `(rows, channels, h, w)`."""


KINDS: dict[type[nn.Module], type[nn.Module]] = {
    nn.Dropout: Dropout,
    nn.BatchNorm1d: BatchNorm1d,
    nn.BatchNorm2d: BatchNorm2d,
}


def put_together(network: nn.Module, rows: Rows) -> None:
    """Makes layers of these kinds of torch's own, with the parameters and buffers that they have."""
    for layer in network.modules():
        layer.__class__ = KINDS.get(type(layer), type(layer))
        if isinstance(layer, (Dropout, _BatchNorm)):
            layer.rows = rows


def _sum(x: Tensor) -> Tensor:
    """Over all processes."""
    total: Tensor = _Sum.apply(x)
    return total


class _Sum(torch.autograd.Function):
    """The sum over all processes; its gradient, likewise, is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.contiguous().clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return _sum(gradient)
