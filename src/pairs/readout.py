"""From logits to decisions, and how often they are wrong. All errors are percentages."""

from __future__ import annotations

from torch import Tensor

from src.data.pairs import Pairs

from .networks import Prediction


def errors(prediction: Prediction, pairs: Pairs) -> dict[str, Tensor]:
    """`error` of pairs and, where the network names digits, `digit_error` of digits: scalars, in percent."""
    found = {"error": percent(prediction.pair.argmax(1) != pairs.target)}
    if prediction.digits is not None:
        found["digit_error"] = percent(prediction.digits.argmax(2) != pairs.classes)
    return found


def percent(wrong: Tensor) -> Tensor:
    """The share of True in a tensor of bools, in percent."""
    return 100 * wrong.double().mean()
