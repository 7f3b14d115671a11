"""Networks that compare two digits, built from two parts: a convolutional net, and how a pair goes through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Prediction(NamedTuple):
    """Logits of the comparison `(batch, 2)`: first > second, first ≤ second; and of the two digits `(batch, 2, 10)`,
    where the network names digits at all.
    """

    pair: Tensor
    digits: Tensor | None = None

    def detach(self) -> Prediction:
        return Prediction(self.pair.detach(), None if self.digits is None else self.digits.detach())

    @staticmethod
    def cat(parts: Sequence[Prediction]) -> Prediction:
        """The predictions of several batches as those of one."""
        digits = [part.digits for part in parts if part.digits is not None]
        return Prediction(torch.cat([part.pair for part in parts]), torch.cat(digits) if digits else None)


def conv_net(
    in_channels: int,
    out_features: int,
    channels: int = 32,
    hidden: int = 200,
    batch_norm: bool = False,
    dropout: float = 0.0,
) -> nn.Sequential:
    """Two 3×3 convolutions and two linear layers: images `(n, in_channels, 14, 14)` to logits `(n, out_features)`.

    The convolutions have `channels` and 64 channels and end in 64 of 2×2: 256 features. Batch normalisation comes
    after ReLU and pooling, where it costs a quarter and errs less than before them; dropout after that.
    """
    return nn.Sequential(
        *_convolution(in_channels, channels, batch_norm),
        *_convolution(channels, 64, batch_norm),
        nn.Flatten(),
        *([nn.Dropout(dropout)] if dropout else []),
        *mlp(256, hidden, out_features, batch_norm, dropout),
    )


def mlp(
    in_features: int, hidden: int, out_features: int, batch_norm: bool = False, dropout: float = 0.0
) -> nn.Sequential:
    """Two linear layers: `(n, in_features)` to logits `(n, out_features)`."""
    return nn.Sequential(
        nn.Linear(in_features, hidden),
        nn.ReLU(),
        *([nn.BatchNorm1d(hidden)] if batch_norm else []),
        *([nn.Dropout(dropout)] if dropout else []),
        nn.Linear(hidden, out_features),
    )


def _convolution(in_channels: int, out_channels: int, batch_norm: bool) -> list[nn.Module]:
    """ReLU and pooling commute; a quarter of the work is left for ReLU after it."""
    norm = [nn.BatchNorm2d(out_channels)] if batch_norm else []
    return [nn.Conv2d(in_channels, out_channels, 3), nn.MaxPool2d(2), nn.ReLU(), *norm]


class TwoChannels(nn.Module):
    """One net sees both images at once, as two channels, and never names a digit."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Prediction:
        return Prediction(self.net(images))


class Shared(nn.Module):
    """One digit net for both images (weight sharing); the head compares its two outputs.

    The head sees digit *probabilities*: fed with logits, it errs three times as often.

    Args:
        digit_net: images `(n, 1, 14, 14)` to digit logits `(n, 10)`.
        head: digit probabilities of both images `(n, 20)` to pair logits `(n, 2)`.
    """

    def __init__(self, digit_net: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.digit_net = digit_net
        self.head = head

    def forward(self, images: Tensor) -> Prediction:
        digits = self.digit_net(images.flatten(0, 1).unsqueeze(1)).view(len(images), 2, 10)
        return Prediction(self.head(digits.softmax(2).flatten(1)), digits)
