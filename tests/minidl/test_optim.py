"""Optimizers against torch.optim, over 50 steps."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from src.minidl import SGD, Adadelta, Adam, Linear, LossMSE, Optimizer, Parameter, Sequential, Tanh
from tests.minidl.reference import autograd

SETTINGS: list[tuple[type[Optimizer], type[torch.optim.Optimizer], dict[str, Any]]] = [
    (SGD, torch.optim.SGD, {}),
    (SGD, torch.optim.SGD, {"lr": 0.1}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.1, "dampening": 0.5}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (Adadelta, torch.optim.Adadelta, {}),
    (Adadelta, torch.optim.Adadelta, {"lr": 0.5, "rho": 0.8, "eps": 1e-5, "weight_decay": 0.1}),
    (Adam, torch.optim.Adam, {}),
    (Adam, torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}),
]


@pytest.mark.parametrize(("mine", "theirs", "settings"), SETTINGS, ids=lambda v: str(getattr(v, "__name__", v)))
@pytest.mark.parametrize("part", ["whole network", "some parameters"])
def test_steps_are_torchs(mine: Any, theirs: Any, settings: dict[str, Any], part: str) -> None:
    # two Linear side by side, whose slots must not collide, and of the same shape
    net = Sequential(Linear(3, 4), Linear(4, 4), Linear(4, 4), Tanh(), Linear(4, 2))
    chosen = net.parameters() if part == "whole network" else net.parameters()[1:5]
    indices = [i for i, p in enumerate(net.parameters()) if any(p is c for c in chosen)]
    reference = [p.value.clone() for p in net.parameters()]
    optimizer = mine(chosen, **settings)
    oracle = theirs([reference[i] for i in indices], **settings)
    loss, x, target = LossMSE(), torch.randn(10, 3), torch.randn(10, 2)
    for _ in range(50):
        optimizer.zero_grad()
        net.zero_grad()
        loss(net(x), target)
        net.backward(loss.backward())
        optimizer.step()
        for p, grad in zip(reference, autograd(net, loss, reference, x, target)[1], strict=True):
            p.grad = grad
        oracle.step()
        for p, expected in zip(net.parameters(), reference, strict=True):
            torch.testing.assert_close(p.value, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda p: SGD(p, 0.1), []),
        (lambda p: SGD(p, 0.1, 0.9), ["momentum"]),
        (Adadelta, ["square_avg", "acc_delta"]),
        (Adam, ["exp_avg", "exp_avg_sq"]),
    ],
)
def test_a_state_keeps_the_names_that_earlier_files_have(make: Callable[..., Optimizer], names: list[str]) -> None:
    optimizer = make([Parameter(torch.zeros(2))])
    optimizer.step()
    assert list(optimizer.state_dict()) == ["steps", "lr", "lr_factor", "slots"]
    assert list(optimizer.state_dict()["slots"]) == names


def test_gradients_are_left_as_they_are() -> None:
    for make in (lambda p: SGD(p, 0.1, 0.9, nesterov=True, weight_decay=1.0), Adadelta, Adam):
        p = Parameter(torch.ones(3))
        p.grad.fill_(2)
        make([p]).step()  # type: ignore[operator]
        assert p.grad.tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: SGD([], 0.1), "SGD: no parameters"),
        (lambda p: SGD([p, p], 0.1), "SGD: a parameter is given twice"),
        (lambda p: SGD([p], -0.1), "SGD: lr out of range"),
        (lambda p: SGD([p], momentum=-0.1), "SGD: momentum out"),
        (lambda p: SGD([p], nesterov=True), "SGD: nesterov out"),
        (lambda p: SGD([p], momentum=0.9, dampening=0.1, nesterov=True), "SGD: nesterov out"),
        (lambda p: SGD([p], weight_decay=-0.1, lr_decay=-0.1), "SGD: weight_decay, lr_decay out"),
        (lambda p: Adam([p], betas=(1.0, 0.9)), "Adam: betas out"),
        (lambda p: Adam([p], betas=(0.9, -0.1)), "Adam: betas out"),
        (lambda p: Adam([p], eps=-0.1), "Adam: eps out"),
        (lambda p: Adadelta([p], rho=1.5), "Adadelta: rho out"),
        (lambda p: Adadelta([p], rho=-0.1), "Adadelta: rho out"),
        (lambda p: Adadelta([p], eps=-0.1), "Adadelta: eps out"),
    ],
)
def test_wrong_settings_are_refused(make: Callable[[Parameter], Optimizer], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(Parameter(torch.zeros(2)))


@pytest.mark.parametrize(
    "make",
    [
        lambda p: SGD([p], 0.0, 0.0, weight_decay=0.0, lr_decay=0.0),
        lambda p: Adam([p], betas=(0.0, 0.0), eps=0.0),
        lambda p: Adadelta([p], rho=0.0, eps=0.0),
        lambda p: Adadelta([p], rho=1.0),
    ],
)
def test_settings_at_the_edge_are_taken(make: Callable[[Parameter], Optimizer]) -> None:
    assert make(Parameter(torch.zeros(2))).steps == 0
