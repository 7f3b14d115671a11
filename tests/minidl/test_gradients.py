"""Every gradient against autograd's, over random architectures."""

import random
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from src.minidl import (
    Dropout,
    Linear,
    Loss,
    LossBCE,
    LossBCEWithLogits,
    LossCrossEntropy,
    LossHalfSSE,
    LossMSE,
    Module,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)
from src.minidl.init import INITS
from tests.minidl.reference import autograd, relative_error

ARCHITECTURES = 600


def random_net(draw: random.Random, loss: Loss, runs: int | None) -> Sequential:
    """Depth 1 to 6, width 1 to 64, any activation and init, half of them nested."""
    widths = [draw.randint(1, 64) for _ in range(draw.randint(1, 6) + 1)]
    layers: list[Module] = []
    for n, m in pairwise(widths):
        layers += [Linear(n, m, runs, draw.choice(INITS)), draw.choice((ReLU, Tanh, Sigmoid))()]
    last: list[Module] = [Sigmoid()] if isinstance(loss, LossBCE) else draw.choice(([], [layers[-1]]))
    layers = layers[:-1] + last
    cut = draw.randint(0, len(layers))
    return Sequential(*layers[:cut], Sequential(*layers[cut:])) if draw.random() < 0.5 else Sequential(*layers)


def random_target(draw: random.Random, loss: Loss, shape: tuple[int, ...]) -> Tensor:
    if not isinstance(loss, LossCrossEntropy):
        return torch.rand(shape) if draw.random() < 0.5 else torch.rand(shape).round()
    return torch.randint(shape[-1], shape[:-1]) if draw.random() < 0.5 else torch.randn(shape).softmax(-1)


def test_gradients_are_autograds() -> None:
    draw, worst = random.Random(0), 0.0
    for number in range(ARCHITECTURES):
        loss = (LossMSE, LossHalfSSE, LossBCE, LossBCEWithLogits, LossCrossEntropy)[number % 5]()
        runs = draw.choice((None, None, 1, 2, 5))
        net = random_net(draw, loss, runs)
        first, last = (m for m in (net.parameters()[0], net.parameters()[-1]))
        batch, lead = draw.randint(1, 20), () if runs is None else (runs,)
        shared = draw.random() < 0.3  # the same inputs for all runs
        x = torch.randn(*(() if shared else lead), batch, first.value.shape[-1])
        target = random_target(draw, loss, (*(() if shared else lead), batch, last.value.shape[-1]))
        value = loss(net(x), target)
        net.backward(loss.backward())
        for r in range(runs or 1):
            mine = [p.grad if runs is None else p.grad[r] for p in net.parameters()]
            params = [p.value if runs is None else p.value[r] for p in net.parameters()]
            given = (x, target) if shared or runs is None else (x[r], target[r])
            expected, theirs = autograd(net, loss, params, *given)
            torch.testing.assert_close(value if runs is None else value[r], expected, rtol=1e-12, atol=1e-13)
            for a, b in zip(mine, theirs, strict=True):
                if b.abs().max() > 0:
                    worst = max(worst, relative_error(a, b))
                else:
                    assert a.abs().max() == 0
        assert worst <= 1e-10, f"{net}, {loss}, runs={runs}"
    print(f"{ARCHITECTURES} architectures, largest relative error {worst:.2e}")


@pytest.mark.parametrize("runs", [None, 3])
def test_the_input_gradient_is_autograds_where_it_is_asked_for(runs: int | None) -> None:
    net, loss = Sequential(Tanh(), Linear(4, 5, runs), ReLU(), Linear(5, 2, runs)), LossMSE()
    net.require_input_grad()
    lead = () if runs is None else (runs,)
    x, target = torch.randn(*lead, 6, 4), torch.randn(*lead, 6, 2)
    loss(net(x), target)
    mine = net.backward(loss.backward())
    values = [p.value for p in net.parameters()]
    with torch.enable_grad():
        leaf = x.clone().requires_grad_()
        w, b, v, c = values
        hidden = (leaf.tanh() @ w.mT + b.unsqueeze(-2)).relu()
        error = hidden @ v.mT + c.unsqueeze(-2) - target
        theirs = torch.autograd.grad(error.square().mean((-2, -1)).sum(), leaf)[0]
    assert mine is not None
    torch.testing.assert_close(mine, theirs)


def test_the_gradient_of_an_input_is_spared_unless_it_is_asked_for_or_all_there_is() -> None:
    x, grad = torch.randn(6, 4), torch.ones(6, 4)
    for first in (Tanh, Dropout, lambda: Sequential(Dropout(), ReLU()), lambda: Linear(4, 4)):
        net = Sequential(first(), Linear(4, 4), Sequential(Tanh()))
        net(x)
        assert net.backward(grad) is None and not net.needs_input_grad
        for asked in (True, False):
            net.require_input_grad(asked)
            net(x)
            assert (net.backward(grad) is not None) == net.needs_input_grad == asked
    for net in (Sequential(Tanh(), Dropout()), Tanh(), Linear(4, 4)):
        for asked in (True, False):
            net(x)
            assert (net.backward(grad) is not None) == asked
            net.require_input_grad(not asked)


def test_gradients_add_up_until_they_are_reset() -> None:
    net, loss, x, target = Sequential(Linear(3, 2)), LossMSE(), torch.randn(5, 3), torch.randn(5, 2)
    for _ in range(2):
        loss(net(x), target)
        net.backward(loss.backward())
    twice = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    loss(net(x), target)
    net.backward(loss.backward())
    for p, double in zip(net.parameters(), twice, strict=True):
        torch.testing.assert_close(double, 2 * p.grad)


@pytest.mark.parametrize("enabled", [True, False])
def test_nothing_requires_grad_whatever_the_mode_or_the_input(enabled: bool) -> None:
    with torch.set_grad_enabled(enabled):
        net, loss = Sequential(Linear(3, 4), Tanh(), Linear(4, 2)), LossMSE()
        x = torch.randn(5, 3, requires_grad=True)
        value = loss(net(x), torch.randn(5, 2, requires_grad=True))
        net.backward(loss.backward().clone().requires_grad_())
        tensors = [value, net(x), *(t for pair in net.param() for t in pair)]
    assert not any(t.requires_grad for t in tensors)


def test_buffers_made_in_inference_mode_are_not_used_outside_of_it() -> None:
    net, loss, x = Sequential(Linear(3, 4), Tanh(), Linear(4, 2)), LossMSE(), torch.randn(5, 3)
    with torch.inference_mode():
        inside = loss(net(x), torch.zeros(5, 2))
    outside = loss(net(x), torch.zeros(5, 2))
    net.backward(loss.backward())
    assert inside.item() == outside.item()


def test_a_smaller_batch_in_between_changes_nothing() -> None:
    net, loss, x, target = (
        Sequential(Linear(3, 4), ReLU(), Linear(4, 2)),
        LossMSE(),
        torch.randn(7, 3),
        torch.zeros(7, 2),
    )
    first = loss(net(x), target)
    net.backward(loss.backward())
    before = [p.grad.clone() for p in net.parameters()]
    loss(net(x[:3]), target[:3])
    net.backward(loss.backward())
    net.zero_grad()
    assert loss(net(x), target).item() == first.item()
    net.backward(loss.backward())
    assert all(torch.equal(a, p.grad) for a, p in zip(before, net.parameters(), strict=True))
