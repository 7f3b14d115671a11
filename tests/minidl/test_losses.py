"""Losses: values, gradients that are of the same function, and targets that are out of range."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from src.minidl import Loss, LossBCE, LossBCEWithLogits, LossCrossEntropy, LossHalfSSE, LossMSE
from tests.minidl.reference import LOSSES

ALL = list(LOSSES)


def example(loss: Loss, *shape: int) -> tuple[Tensor, Tensor]:
    output = torch.randn(shape)
    if isinstance(loss, LossCrossEntropy):
        return output, torch.randn(shape).softmax(-1)
    return (output.sigmoid() if isinstance(loss, LossBCE) else output), torch.rand(shape)


@pytest.mark.parametrize("kind", ALL)
@settings(deadline=None, max_examples=25)
@given(batch=st.integers(1, 9), features=st.integers(1, 9))
def test_value_and_gradient_are_of_the_same_function(kind: type[Loss], batch: int, features: int) -> None:
    loss = kind()
    output, target = example(loss, batch, features)
    value = loss(output, target)
    grad = loss.backward().clone()
    torch.testing.assert_close(value, LOSSES[kind](output, target))
    step = 1e-6 * torch.randn(output.shape)
    change = (loss(output + step, target) - loss(output - step, target)) / 2
    torch.testing.assert_close(change, (grad * step).sum(), rtol=1e-5, atol=1e-13)


def test_values_by_hand() -> None:
    output, target = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    assert LossMSE()(output, target).item() == pytest.approx((4 + 9 + 16) / 4)
    assert LossHalfSSE()(output, target).item() == pytest.approx((4 + 9 + 16) / 2)
    assert (LossMSE.reduction, LossHalfSSE.reduction) == ("mean", "sum")
    half = LossHalfSSE()
    half(output, target)
    assert torch.equal(half.backward(), output - target)


@pytest.mark.parametrize("kind", ALL)
def test_one_number_a_run_and_its_own_gradient(kind: type[Loss]) -> None:
    loss = kind()
    output, target = example(loss, 3, 5, 4)
    values, grads = loss(output, target), loss.backward().clone()
    assert values.shape == (3,)
    for r in range(3):
        torch.testing.assert_close(values[r], loss(output[r], target[r]))
        torch.testing.assert_close(grads[r], loss.backward())
    torch.testing.assert_close(loss(output, target[0])[2], loss(output[2], target[0]))


def test_classes_and_their_one_hot_targets_are_the_same() -> None:
    loss, output, classes = LossCrossEntropy(), torch.randn(3, 5, 4), torch.randint(4, (5,))
    one_hot = torch.nn.functional.one_hot(classes, 4).double()
    torch.testing.assert_close(loss(output, classes), loss(output, one_hot))
    torch.testing.assert_close(loss(output, classes.expand(3, 5)), loss(output, one_hot))


@pytest.mark.parametrize("kind", [LossBCE, LossBCEWithLogits, LossCrossEntropy])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_outputs_have_finite_losses(kind: type[Loss], dtype: torch.dtype) -> None:
    extreme = torch.tensor([[0.0, 1.0], [1.0, 0.0]] if kind is LossBCE else [[-1e3, 1e3], [1e3, -1e3]], dtype=dtype)
    target, loss = torch.tensor([[0.0, 1.0], [0.0, 1.0]], dtype=dtype), kind()
    value, grad = loss(extreme, target), loss.backward().clone()
    with torch.enable_grad():
        leaf = extreme.clone().requires_grad_()
        expected = LOSSES[kind](leaf, target)
        expected.backward()
    torch.testing.assert_close(value, expected.detach())
    torch.testing.assert_close(grad, leaf.grad)
    assert value.isfinite()
    assert value > 1


@pytest.mark.parametrize("kind", ALL)
def test_neither_output_nor_target_is_changed_and_both_may_be(kind: type[Loss]) -> None:
    loss = kind()
    output, target = example(loss, 5, 4)
    kept = output.clone(), target.clone()
    loss(output, target)
    expected = loss.backward().clone()
    assert torch.equal(output, kept[0])
    assert torch.equal(target, kept[1])
    loss(output, target)
    output.zero_()
    target.zero_()
    assert torch.equal(loss.backward(), expected)


@pytest.mark.parametrize("kind", ALL)
def test_a_graph_of_torchs_is_left_alone(kind: type[Loss]) -> None:
    with torch.enable_grad():
        loss, (output, target) = kind(), example(kind(), 5, 4)
        expected = loss(output, target)
        value = loss(output.requires_grad_(), target.requires_grad_())
        assert torch.equal(value, expected)
        assert not value.requires_grad and not loss.backward().requires_grad


@pytest.mark.parametrize("kind", ALL)
def test_backward_needs_a_loss_of_its_own(kind: type[Loss]) -> None:
    loss = kind()
    with pytest.raises(RuntimeError, match=rf"{kind.__name__}\(\): backward\(\) without"):
        loss.backward()
    loss(*example(loss, 2, 2))
    loss.backward()
    with pytest.raises(RuntimeError, match="without"):
        loss.backward()


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        (LossBCE(), torch.tensor([[0.0, 1.5]])),
        (LossBCEWithLogits(), torch.tensor([[-1.0, 1.0]])),
        (LossBCE(), torch.tensor([[0.5, float("nan")]])),
        (LossCrossEntropy(), torch.tensor([2])),
        (LossCrossEntropy(), torch.tensor([-1])),
        (LossCrossEntropy(), torch.tensor([[0.5, 0.5], [0.5, 0.500105]])),
    ],
)
def test_targets_out_of_range(loss: Loss, target: Tensor) -> None:
    with pytest.raises(ValueError, match=r"range from|sum to 1"):
        loss(torch.full((len(target), 2), 0.5), target)
    LossCrossEntropy()(torch.full((1, 2), 0.5), torch.tensor([[0.5, 0.500095]]))  # rounded, as in float32


@pytest.mark.parametrize("target", [(4, 1), (4,), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize("kind", ALL)
def test_targets_of_another_shape(kind: type[Loss], target: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"target has shape .*, output \(3, 4\)"):
        kind().forward(torch.full((3, 4), 0.5), torch.zeros(target))


@pytest.mark.parametrize("shape", [(4,), (2, 3, 4, 5), (0, 4), (2, 3, 0)])
def test_outputs_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"LossMSE\(\): output has shape .*, expected \(\[runs,\] batch, features\)"):
        LossMSE()(torch.zeros(shape), torch.zeros(shape))


def test_classes_of_another_shape() -> None:
    with pytest.raises(ValueError, match=r"class indices have shape \(2,\), expected \(3,\)"):
        LossCrossEntropy()(torch.zeros(3, 4), torch.zeros(2).long())


def test_one_loss_object_for_networks_of_different_dtypes() -> None:
    loss: Loss = LossMSE()
    for dtype in (torch.float32, torch.float64, torch.float32):
        assert loss(torch.ones(2, 2, dtype=dtype), torch.zeros(2, 2)).dtype == dtype
        assert loss.backward().dtype == dtype
