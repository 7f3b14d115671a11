"""What the networks are made of: convolutional nets, multilayer perceptrons, residual nets, and initialisation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


def conv_net(
    in_channels: int,
    out_features: int,
    channels: tuple[int, int] = (32, 64),
    hidden: int | None = 200,
    padding: int = 0,
    batch_norm: bool = False,
    dropout: float = 0.0,
) -> nn.Sequential:
    """Two 3×3 convolutions to features, then one or two linear layers to logits: `(n, in_channels, 14, 14)` to
    `(n, features)` to `(n, out_features)`.

    The convolutions have so many `channels`; the second one has a `padding`, and ends in 2×2 without any, 3×3 with one.
    Each is pooled, then normalised, which costs a quarter there of what it costs before, then comes ReLU. Dropout
    stands before and between the linear layers. `hidden=None` leaves one of these.
    """
    first, second = channels
    features = nn.Sequential(
        *_convolution(in_channels, first, batch_norm), *_convolution(first, second, batch_norm, padding), nn.Flatten()
    )
    drop = [nn.Dropout(dropout)] if dropout else []
    flat = second * (2 + padding) ** 2
    sizes = [flat, out_features] if hidden is None else [flat, hidden, out_features]
    return nn.Sequential(features, nn.Sequential(*drop, mlp(sizes, batch_norm, dropout)))


def mlp(sizes: Sequence[int], batch_norm: bool = False, dropout: float = 0.0) -> nn.Sequential:
    """Linear layers with ReLU between them, normalised before it: `(n, sizes[0])`, or anything that flattens to it, to
    `(n, sizes[-1])`.
    """
    layers: list[nn.Module] = [nn.Flatten()]
    for i, (inputs, outputs) in enumerate(pairwise(sizes)):
        layers.append(nn.Linear(inputs, outputs))
        if i < len(sizes) - 2:
            layers += [nn.BatchNorm1d(outputs)] if batch_norm else []
            layers.append(nn.ReLU())
            layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers)


def digit_cnn() -> nn.Sequential:
    """Report C's: 3×3 convolutions of 32 and 64 channels, one pooling, 1600-200-10; 341,026 parameters."""
    features = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten()
    )
    return nn.Sequential(features, mlp([1600, 200, 10]))


def digit_mlp() -> nn.Sequential:
    """Report C's: 196-500-500-128-10; 414,418 parameters."""
    return nn.Sequential(nn.Flatten(), mlp([196, 500, 500, 128, 10]))


class ResidualBlock(nn.Module):
    """x + two 3×3 convolutions with batch normalisation (He et al., 2015), on `(n, channels, h, w)`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.body(x)
        return y.relu()


def resnet(in_channels: int, out_features: int, channels: int = 32, blocks: int = 10) -> nn.Sequential:
    """A convolution, pooling to 7×7, residual blocks, the mean over the image, one linear layer."""
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        *(ResidualBlock(channels) for _ in range(blocks)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(channels, out_features),
    )


def plain_net(stages: Sequence[Sequence[int]], out_features: int = 10) -> nn.Sequential:
    """3×3 convolutions with batch normalisation that keep the size, pooling between the stages, one linear layer:
    images `(n, 1, 14, 14)` to `(n, out_features)`. `stages=[[16, 16], [48, 48], [64]]`: channels, stage by stage.
    """
    layers: list[nn.Module] = []
    channels, size = 1, 14
    for i, stage in enumerate(stages):
        if i:
            layers.append(nn.MaxPool2d(2))
            size //= 2
        for width in stage:
            convolution = nn.Conv2d(channels, width, 3, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
    return nn.Sequential(nn.Sequential(*layers, nn.Flatten()), nn.Linear(channels * size * size, out_features))


@torch.no_grad()
def uniform_fan_in(network: nn.Module) -> None:
    """Report A's initialisation: weights from U[−1/√N, 1/√N] with N inputs to each output, biases likewise."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            bound = 1 / math.sqrt(module.weight[0].numel())
            for parameter in module.parameters(recurse=False):
                parameter.uniform_(-bound, bound)


def _convolution(in_channels: int, out_channels: int, batch_norm: bool, padding: int = 0) -> list[nn.Module]:
    """ReLU comes after pooling, with which it commutes: there it has a quarter of the work."""
    norm = [nn.BatchNorm2d(out_channels)] if batch_norm else []
    return [nn.Conv2d(in_channels, out_channels, 3, padding=padding), nn.MaxPool2d(2), *norm, nn.ReLU()]
