"""Losses at logits that are infinite or huge, where 0 · ∞ lies in wait, and of batches of nothing."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from src.minidl import Loss, LossBCEWithLogits, LossCrossEntropy, LossMSE
from tests.minidl.reference import LOSSES

INF = float("inf")
LOGITS = st.floats(-1e30, 1e30) | st.floats(-5, 5) | st.just(-INF)


@given(data=st.data(), dtype=st.sampled_from([torch.float32, torch.float64]), batch=st.integers(1, 4))
def test_masked_classes_have_torchs_loss_and_gradient(data: st.DataObject, dtype: torch.dtype, batch: int) -> None:
    """Of -∞ anywhere; that of the target is an infinite loss."""
    rows = st.lists(LOGITS, min_size=4, max_size=4).filter(lambda row: max(row) > -INF)
    logits = torch.tensor(data.draw(st.lists(rows, min_size=batch, max_size=batch)), dtype=dtype)
    classes = torch.tensor(data.draw(st.lists(st.integers(0, 3), min_size=batch, max_size=batch)))
    expected = autograds(F.cross_entropy, logits, classes)
    for target in classes, F.one_hot(classes, 4).to(dtype):
        torch.testing.assert_close(ours(LossCrossEntropy(), logits, target), expected)


@given(data=st.data(), dtype=st.sampled_from([torch.float32, torch.float64]))
def test_masked_classes_count_as_if_they_were_not_there(data: st.DataObject, dtype: torch.dtype) -> None:
    """Torch, which makes 0 · -∞ of them where targets are probabilities, is given the others alone."""
    logits = torch.tensor([data.draw(st.lists(LOGITS, min_size=4, max_size=4))], dtype=dtype)
    there = logits[0] > -INF
    assume(there.any())
    target = (0.1 + torch.rand(1, 4, dtype=dtype)) * there
    target /= target.sum(-1, keepdim=True)
    value, gradient = autograds(F.cross_entropy, logits[:, there], target[:, there])
    found = ours(LossCrossEntropy(), logits, target)
    torch.testing.assert_close(found, (value, torch.zeros_like(logits).masked_scatter_(there, gradient)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("logit", [INF, -INF, 1e30, -1e30, 800.0, -800.0])
def test_an_infinite_logit_is_the_limit_of_large_ones(logit: float, target: float, dtype: torch.dtype) -> None:
    right = target == (logit > 0)
    weight = 1 - target if logit > 0 else target
    value, gradient = ours(
        LossBCEWithLogits(), torch.tensor([[logit]], dtype=dtype), torch.tensor([[target]]).to(dtype)
    )
    assert value.item() == pytest.approx(0.0 if right else weight * abs(logit), rel=1e-6)
    assert gradient.item() == (logit > 0) - target


def test_a_nan_is_not_hidden() -> None:
    for target in torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]]):
        for loss in LossCrossEntropy(), LossBCEWithLogits(), LossMSE():
            assert loss(torch.tensor([[float("nan"), 1.0]]), target).isnan()


@pytest.mark.parametrize("kind", LOSSES)
def test_a_batch_of_nothing_is_refused(kind: type[Loss]) -> None:
    with pytest.raises(ValueError, match=r"output has shape \(0, 3\)"):
        kind()(torch.zeros(0, 3), torch.zeros(0, 3))
    with pytest.raises(ValueError, match=r"shape \(0"):
        kind()(torch.full((2, 3), 0.5), torch.zeros(0).long() if kind is LossCrossEntropy else torch.zeros(0, 3))


def ours(loss: Loss, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    return loss(output, target), loss.backward().clone()


def autograds(function: Callable[[Tensor, Tensor], Tensor], output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        leaf = output.clone().requires_grad_()
        value = function(leaf, target)
        (gradient,) = torch.autograd.grad(value, leaf)
    return value.detach(), gradient
