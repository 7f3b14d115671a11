"""From logits to decisions, and how often they are wrong. All errors are percentages."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from .data import Pairs
from .networks import Prediction
from .schema import Readout


def decide(prediction: Prediction, readout: Readout, sharpness: float = 1.0) -> Tensor:
    """Whether first ≤ second, `(batch,)` bools: as the network's head says, or from the digits it names.

    `argmax` compares the likeliest digits, `bayes` asks whether P(first ≤ second) = Σ_{i≤j} p_i q_j is over ½, with p
    and q raised to the power of `sharpness` and normalised: label smoothing has spread them out.

    Raises:
        ValueError: the network has no head, or names no digits.
    """
    if readout == "head":
        if prediction.pair is None:
            raise ValueError("model.readout=head: this network has no head; there are argmax and bayes")
        return prediction.pair.argmax(1) == 1
    if prediction.digits is None:
        raise ValueError(f"model.readout={readout}: this network names no digits; there is head")
    if readout == "argmax":
        first, second = prediction.digits.argmax(2).unbind(1)
        return first <= second
    return probability(prediction, "bayes", sharpness) > 0.5


def probability(prediction: Prediction, readout: Literal["head", "bayes"], sharpness: float = 1.0) -> Tensor:
    """P(first ≤ second) `(batch,)`, as the head says or, see `decide`, as the digits' probabilities do."""
    if readout == "head":
        assert prediction.pair is not None
        return prediction.pair.softmax(1)[:, 1]
    assert prediction.digits is not None
    first, second = (sharpness * prediction.digits).softmax(2).unbind(1)
    not_less = second.flip(1).cumsum(1).flip(1)  # P(second ≥ i)
    return (first * not_less).sum(1)


def errors(prediction: Prediction, pairs: Pairs, readout: Readout, sharpness: float = 1.0) -> dict[str, Tensor]:
    """`error` of pairs by the model's own readout and, where the prediction has digits, `error_argmax` and
    `error_bayes`, `digit_error` of all digits and `digit_error_first` and `_second`: scalars, in percent.
    """
    target = pairs.target == 1
    found = {"error": percent(decide(prediction, readout, sharpness) != target)}
    if prediction.digits is not None:
        found["error_argmax"] = percent(decide(prediction, "argmax") != target)
        found["error_bayes"] = percent(decide(prediction, "bayes", sharpness) != target)
        wrong = prediction.digits.argmax(2) != pairs.classes
        found["digit_error"] = percent(wrong)
        found["digit_error_first"], found["digit_error_second"] = percent(wrong[:, 0]), percent(wrong[:, 1])
    return found


def percent(wrong: Tensor) -> Tensor:
    """The share of True in a tensor of bools, in percent."""
    exact = torch.promote_types(torch.get_default_dtype(), torch.float32)  # bfloat16 has no tenths of 37 %
    return 100 * wrong.to(exact).mean()


def accuracies(metrics: dict[str, float]) -> dict[str, float]:
    """For each error what it leaves of 100 %: `test/accuracy` beside `test/error`."""
    return {name.replace("error", "accuracy"): 100 - value for name, value in metrics.items() if "error" in name}
