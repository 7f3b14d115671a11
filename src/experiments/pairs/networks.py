"""Networks that compare two digits, built from a digit net, the way a pair goes through it, and a head.

They count dimensions from the last one: several networks that `stacked` makes one of have theirs before all others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Prediction(NamedTuple):
    """What a network predicts of a batch, as logits; None what it doesn't predict.

    Attributes:
        pair: the comparison `(batch, 2)`: first > second, first ≤ second.
        digits: both digits `(batch, 2, 10)`.
        auxiliary: what the digits' loss is computed from, where that is not `digits`: `(batch, 2 k, 10 or more)`, first
            and second digit of each of k nets.
    """

    pair: Tensor | None = None
    digits: Tensor | None = None
    auxiliary: Tensor | None = None

    def detach(self) -> Prediction:
        return Prediction(*(None if part is None else part.detach() for part in self))

    @staticmethod
    def cat(parts: Sequence[Prediction], dim: int = 0) -> Prediction:
        """The predictions of several batches as those of one; `dim` is where their items are."""
        return Prediction(*(None if some[0] is None else torch.cat(some, dim) for some in zip(*parts, strict=True)))


class TwoChannels(nn.Module):
    """One net sees both images at once, as two channels, and never names a digit.

    Args:
        net: images `(n, 2, 14, 14)` to pair logits `(n, 2)`, or to the one logit of binary cross entropy `(n, 1)`.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Prediction:
        return Prediction(_two_logits(self.net(images)))


class DigitNets(nn.Module):
    """A digit net for both images (weight sharing), or one for each, and a head that compares their outputs.

    Args:
        first: in two parts, images `(n, 1, 14, 14)` to features `(n, features)` to digit logits `(n, 10)`.
        second: the second image's own, of the same kind; None shares the first image's.
        head: digit probabilities of both images `(n, 20)` to pair logits `(n, 2)` or `(n, 1)`; None leaves the
            comparison to the readout.
        head_sees: `probabilities`, or the `logits` that the reports fed it with.
        aux_at: whether the auxiliary loss is computed from the digit `logits` or directly from the `features`.
    """

    def __init__(
        self,
        first: nn.Sequential,
        second: nn.Sequential | None = None,
        head: nn.Module | None = None,
        head_sees: str = "probabilities",
        aux_at: str = "logits",
    ) -> None:
        super().__init__()
        self.first = first
        self.second = second
        self.head = head
        self.head_sees = head_sees
        self.aux_at = aux_at

    def forward(self, images: Tensor) -> Prediction:
        features, digits = self._digits(images)
        compared = digits.softmax(-1) if self.head_sees == "probabilities" else digits
        pair = None if self.head is None else _two_logits(self.head(compared.flatten(-2)))
        return Prediction(pair, digits, features if self.aux_at == "features" else None)

    def _digits(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features `(batch, 2, features)` and logits `(batch, 2, 10)`; a shared net takes all images at once."""
        if self.second is None:
            features = self.first[0](_digits(images))
            return features.unflatten(-2, (-1, 2)), self.first[1](features).unflatten(-2, (-1, 2))
        pairs = zip((self.first, self.second), images.unsqueeze(-3).unbind(-4), strict=True)
        features = torch.stack([net[0](image) for net, image in pairs], -2)
        logits = [net[1](each) for net, each in zip((self.first, self.second), features.unbind(-2), strict=True)]
        return features, torch.stack(logits, -2)


class Ensemble(nn.Module):
    """Several digit nets, each trained on its own, whose probabilities are averaged.

    Args:
        net: makes a digit net, images `(n, 1, 14, 14)` to digit logits `(n, 10)`.
        nets: how many; their initial weights differ.
    """

    def __init__(self, net: Callable[[], nn.Module], nets: int = 1) -> None:
        super().__init__()
        self.nets = nn.ModuleList(net() for _ in range(nets))

    def forward(self, images: Tensor) -> Prediction:
        inputs = _digits(images)
        logits = torch.stack([net(inputs).unflatten(-2, (-1, 2)) for net in self.nets])
        return Prediction(digits=mean_probability(logits), auxiliary=logits.movedim(0, -3).flatten(-3, -2))


def mean_probability(logits: Tensor) -> Tensor:
    """Of k networks or views `(k, …, classes)`, the logits of their mean probability `(…, classes)`."""
    return logits.log_softmax(-1).logsumexp(0) - math.log(len(logits))


def with_neighbours(images: Tensor) -> list[Tensor]:
    """The images `(n, c, h, w)`, and moved by a pixel to each of the four sides; background moves in, the darkest value
    that there is of a network.
    """
    height, width = images.shape[-2:]
    dark = images.amin((-4, -3, -2, -1), keepdim=True)
    wide = dark.expand(*images.shape[:-2], height + 2, width + 2).clone()
    wide[..., 1:-1, 1:-1] = images
    places = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    return [wide[..., y : y + height, x : x + width] for y, x in places]


def _digits(images: Tensor) -> Tensor:
    """Both images of each pair `(batch, 2, 14, 14)` as images of their own `(2 batch, 1, 14, 14)`."""
    return images.flatten(-4, -3).unsqueeze(-3)


def _two_logits(logits: Tensor) -> Tensor:
    """Binary cross entropy of one logit z is cross entropy of the two logits (0, z)."""
    return torch.cat([torch.zeros_like(logits), logits], -1) if logits.shape[-1] == 1 else logits
