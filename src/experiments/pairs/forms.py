"""The forms that layers have for several networks at once, see `stacked`."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import torch
from torch import Tensor, nn


class Folded(nn.Module):
    """A layer that takes the networks as so many times the channels, `(batch, runs · channels, …)`."""

    def __init__(self, layer: nn.Module, runs: int) -> None:
        super().__init__()
        self.layer = layer
        self.runs = runs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(x.transpose(0, 1).flatten(1, 2))
        return y.view(len(y), self.runs, -1, *y.shape[2:]).transpose(0, 1)


class Linears(nn.Module):
    """Linear layers, `(runs, batch, …, in_features)` to `(runs, batch, …, out_features)`."""

    def __init__(self, alone: nn.Linear, runs: int) -> None:
        super().__init__()
        self.runs = runs
        self.weight = nn.Parameter(torch.empty(runs * alone.out_features, alone.in_features))
        self.bias = None if alone.bias is None else nn.Parameter(torch.empty(runs * alone.out_features))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight.view(self.runs, -1, self.weight.shape[1]).mT
        flat = x.flatten(1, -2)
        y = flat @ weight if self.bias is None else torch.baddbmm(self.bias.view(self.runs, 1, -1), flat, weight)
        return y.view(*x.shape[:-1], -1)


class Dropouts(nn.Module):
    """Dropout (Srivastava et al., 2014), each network's by a generator of its own.

    Attributes:
        generators: of each network, on its device; on a CPU they draw the masks that `nn.Dropout` draws where torch's
            own generator is seeded like them.
    """

    def __init__(self, alone: nn.Dropout, runs: int) -> None:
        super().__init__()
        self.p = alone.p
        self.generators: list[torch.Generator] = []

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        each = zip(x, self.generators, strict=True)
        kept = torch.stack([torch.empty_like(own).bernoulli_(1 - self.p, generator=drawn) for own, drawn in each])
        return x * kept.div_(1 - self.p)


def _convolution(alone: nn.Conv2d, runs: int) -> nn.Module:
    """Each network's channels are a group of their own."""
    layer = nn.Conv2d(
        runs * alone.in_channels,
        runs * alone.out_channels,
        alone.kernel_size,  # type: ignore[arg-type]
        alone.stride,  # type: ignore[arg-type]
        alone.padding,  # type: ignore[arg-type]
        alone.dilation,  # type: ignore[arg-type]
        groups=runs * alone.groups,
        bias=alone.bias is not None,
        padding_mode=alone.padding_mode,
    )
    return Folded(layer, runs)


def _normalisation(alone: Any, runs: int) -> nn.Module:
    """Statistics are each channel's, and so each network's."""
    kept = alone.affine, alone.track_running_stats
    return Folded(type(alone)(runs * alone.num_features, alone.eps, alone.momentum, *kept), runs)


def _flatten(alone: nn.Flatten, runs: int) -> nn.Module:
    return nn.Flatten(*(dim + (dim >= 0) for dim in (alone.start_dim, alone.end_dim)))


def _itself(alone: nn.Module, runs: int) -> nn.Module:
    return copy(alone)


# By class of a layer, what makes its form for so many networks.
FORMS: dict[type[nn.Module], Callable[[Any, int], nn.Module]] = {
    nn.Conv2d: _convolution,
    nn.Linear: Linears,
    nn.Dropout: Dropouts,
    nn.Flatten: _flatten,
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d), _normalisation),
    **dict.fromkeys((nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d), Folded),
    **dict.fromkeys((nn.ReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.SiLU, nn.Identity), _itself),
}
