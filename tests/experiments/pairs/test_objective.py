"""What training minimises, against the cross entropies written out."""

from typing import Any

import pytest
import torch
from torch.nn import functional

from src.experiments.pairs.data import Pairs
from src.experiments.pairs.networks import Prediction
from src.experiments.pairs.objective import Objective
from src.experiments.pairs.schema import PairsModel
from src.lab.config import check, compose

LOGITS = torch.tensor([[[3.0, -1.0] + [0.0] * 8, [0.0] * 9 + [2.0]], [[0.0, 1.0] * 5, [0.5] * 10]])
PAIRS = Pairs(torch.empty(2, 2, 14, 14), torch.tensor([[0, 9], [3, 1]]), torch.tensor([1, 0]))


def settings(**changes: Any) -> PairsModel:
    """The knobs of `model=basic`, but for these."""
    return PairsModel.model_validate(check(compose("model=basic")).model_dump()["model"] | changes)


def objective(**changes: Any) -> Objective:
    return Objective(settings(**changes))


@pytest.mark.parametrize("progress", [0.0, 0.25, 0.5, 1.0])
def test_loss_weights_follow_their_schedule(progress: float) -> None:
    assert objective(aux_weight=0.7).weights(progress) == (1, 0.7)
    pair, digits = objective(aux_weight=0.7, aux_schedule="linear").weights(progress)
    assert (pair / 2 + digits / 1.4) == pytest.approx(1)
    assert pair == 2 * progress
    pair, digits = objective(aux_weight=0.7, aux_schedule="digits_first").weights(progress)
    assert (pair, digits) == ((0, 1.4) if progress < 0.5 else (1, 0.7))


def test_without_weight_the_digits_classes_are_left_out() -> None:
    prediction = Prediction(torch.tensor([[0.0, 1.0], [0.0, 1.0]]), LOGITS)
    found = objective(aux_weight=0.0).loss(prediction, PAIRS, 1.0, training=True)
    assert found == pytest.approx(functional.cross_entropy(prediction.pair, PAIRS.target).item())


def test_a_network_that_only_names_digits_is_trained_on_them_alone() -> None:
    first, second = (functional.cross_entropy(LOGITS[:, k], PAIRS.classes[:, k]).item() for k in (0, 1))
    found = objective(aux_weight=0.5).loss(Prediction(digits=LOGITS), PAIRS, 1.0, training=True)
    assert found == pytest.approx(0.5 * (first + second))


def test_each_of_an_ensembles_nets_is_trained_on_the_digits() -> None:
    alone, twice = Prediction(digits=LOGITS), Prediction(digits=LOGITS, auxiliary=LOGITS.repeat(1, 2, 1))
    one, two = (objective(aux_weight=1.0).loss(each, PAIRS, 1.0, training=True) for each in (alone, twice))
    assert one == pytest.approx(two.item())


def test_labels_are_smoothed_in_training_alone() -> None:
    smooth, sharp = objective(aux_weight=0.5, label_smoothing=0.1), objective(aux_weight=0.5)
    evaluated, trained = (smooth.loss(Prediction(digits=LOGITS), PAIRS, 1.0, training) for training in (False, True))
    assert evaluated == sharp.loss(Prediction(digits=LOGITS), PAIRS, 1.0, training=True)
    by_hand = functional.cross_entropy(LOGITS.flatten(0, 1), PAIRS.classes.flatten(), label_smoothing=0.1)
    assert trained == pytest.approx(by_hand.item())
