"""Optimizers against torch.optim, over 50 steps."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from src.minidl import SGD, Adadelta, Adam, Linear, LossMSE, Optimizer, Parameter, Sequential, Tanh
from tests.minidl.reference import autograd, mlp

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


def step_once(optimizer: Optimizer, p: Parameter, grad: float = 1.0) -> float:
    """How far a step of the gradient 1 moves a parameter."""
    before = p.value.clone()
    p.grad.fill_(grad)
    optimizer.step()
    return (before - p.value).abs().max().item()


def test_lr_decay_is_adagrads_rule() -> None:
    p = Parameter(torch.zeros(2))
    optimizer = SGD([p], lr=0.5, lr_decay=0.1)
    assert [step_once(optimizer, p) for _ in range(4)] == pytest.approx([0.5 / (1 + 0.1 * t) for t in range(4)])


def test_lr_and_its_factor_may_change_at_any_time() -> None:
    p = Parameter(torch.zeros(2))
    optimizer = SGD([p], lr=0.5)
    assert step_once(optimizer, p) == pytest.approx(0.5)
    optimizer.lr, optimizer.lr_factor = 0.25, 0.1
    assert step_once(optimizer, p) == pytest.approx(0.025)


def test_a_network_is_updated_as_one_flat_buffer() -> None:
    net = mlp(3, 4, 4, 2)
    whole, part = SGD(net.parameters(), 0.1), SGD(net.parameters()[:3], 0.1)
    assert (len(whole._pairs), len(part._pairs)) == (1, 3)
    assert all(p.value.data_ptr() >= whole._pairs[0][0].data_ptr() for p in net.parameters())


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1, 0.9), Adadelta, Adam])
def test_a_restored_optimizer_goes_on_bit_for_bit(make: Callable[..., Optimizer]) -> None:
    nets = [mlp(3, 4, 2), mlp(3, 4, 2)]
    nets[1].load_state_dict(nets[0].state_dict())
    first, second = make(nets[0].parameters()), make(nets[1].parameters())
    grads = [[torch.randn(p.value.shape) for p in nets[0].parameters()] for _ in range(6)]

    def steps(optimizer: Optimizer, net: Sequential, which: list[list[torch.Tensor]]) -> None:
        for step in which:
            for p, grad in zip(net.parameters(), step, strict=True):
                p.grad.copy_(grad)
            optimizer.step()

    steps(first, nets[0], grads[:3])
    nets[1].load_state_dict(nets[0].state_dict())
    second.load_state_dict(first.state_dict())
    steps(first, nets[0], grads[3:])
    steps(second, nets[1], grads[3:])
    for a, b in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        assert torch.equal(a.value, b.value)


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


def test_an_optimizer_made_before_its_layers_are_put_together_follows() -> None:
    a, b = Linear(2, 3), Linear(3, 1)
    optimizer = SGD([*a.parameters(), *b.parameters()], 0.1)
    net = Sequential(a, b)
    before = net.state_dict()
    for p in net.parameters():
        p.grad.fill_(1)
    optimizer.step()
    assert all(torch.allclose(before[name] - 0.1, value) for name, value in net.state_dict().items())


def test_an_optimizer_with_memory_says_that_its_layers_were_put_elsewhere() -> None:
    a, b = Linear(2, 3), Linear(3, 1)
    optimizer = SGD([*a.parameters(), *b.parameters()], 0.1, momentum=0.9)
    optimizer.step()
    Sequential(a, b)
    with pytest.raises(RuntimeError, match="put into another network"):
        optimizer.step()


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


def test_a_state_of_other_shapes_is_refused() -> None:
    state = Adam(Linear(2, 3).parameters())
    state.step()
    with pytest.raises(ValueError, match="shapes"):
        Adam(Linear(20, 3).parameters()).load_state_dict(state.state_dict())
