"""What optimizers have in common: rates, a flat buffer, a state, and parameters that move."""

from collections.abc import Callable

import pytest
import torch

from src.minidl import SGD, Adadelta, Adam, Linear, Optimizer, Parameter, Sequential
from tests.minidl.reference import mlp


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


class Signs(Optimizer):
    """A user's own."""

    def update(self, i: int, value: torch.Tensor, grad: torch.Tensor, rate: float) -> None:
        value.add_(grad.sign(), alpha=-rate)


def test_an_optimizer_of_the_users_own_decays_nothing_unless_asked_to() -> None:
    p = Parameter(torch.ones(2))
    optimizer = Signs([p], 0.5)
    assert [step_once(optimizer, p, grad) for grad in (-1e-9, -1e-9, 1.0)] == [0.5, 0.5, 0.5]
    assert p.value.tolist() == [1.5, 1.5]
    assert repr(optimizer) == "Signs(lr=0.5, 2 parameters)"


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


def test_an_optimizer_made_before_its_layers_are_put_together_follows() -> None:
    a, b = Linear(2, 3), Linear(3, 1)
    optimizer = SGD([*a.parameters(), *b.parameters()], 0.1)
    net = Sequential(a, b)
    before = net.state_dict()
    for p in net.parameters():
        p.grad.fill_(1)
    optimizer.step()
    assert all(torch.allclose(before[name] - 0.1, value) for name, value in net.state_dict().items())


def test_a_gradient_is_reset_and_a_state_restored_where_the_parameters_are_now() -> None:
    a, b = Linear(2, 3), Linear(3, 1)
    optimizer = SGD([*a.parameters(), *b.parameters()], 0.1, momentum=0.5)
    net = Sequential(a, b)
    for p in net.parameters():
        p.grad.fill_(1)
    optimizer.zero_grad()
    assert all(grad.abs().max() == 0 for _, grad in net.param())
    other = SGD(net.parameters(), 0.2, momentum=0.5)
    other.step()
    early = SGD([*(c := Linear(2, 3)).parameters(), *(d := Linear(3, 1)).parameters()], 0.1, momentum=0.5)
    Sequential(c, d)
    early.load_state_dict(other.state_dict())
    assert (early.steps, early.lr) == (1, 0.2)


def test_parameters_of_several_buffers_and_of_none_are_each_followed() -> None:
    a, b, c, loose = Linear(2, 3), Linear(3, 1), Linear(1, 2), Parameter(torch.zeros(2))
    chosen = [*a.parameters(), loose, *b.parameters(), c.weight]
    optimizer = SGD(chosen, 0.1)
    Sequential(a)
    before = [p.value.clone() for p in (*chosen, c.bias)]
    for p in (*chosen, c.bias):
        p.grad.fill_(1)
    optimizer.step()
    moved = [(old - p.value).max().item() for old, p in zip(before, (*chosen, c.bias), strict=True)]
    assert moved == pytest.approx([0.1] * 6 + [0])


def test_memory_comes_along_to_another_buffer_of_the_same_shape() -> None:
    nets = [mlp(3, 4, 2), mlp(3, 4, 2)]
    nets[1].load_state_dict(nets[0].state_dict())
    for net in nets:
        optimizer = SGD(net.parameters(), 0.1, momentum=0.9)
        for _ in range(2):
            for p in net.parameters():
                p.grad.fill_(1)
            optimizer.step()
            if net is nets[1]:
                net.to("cpu")
    for one, other in zip(*(net.parameters() for net in nets), strict=True):
        assert torch.equal(one.value, other.value)


def test_the_state_of_a_new_optimizer_makes_one_new() -> None:
    p = Parameter(torch.zeros(2))
    used = Adam([p])
    used.step()
    used.load_state_dict(Adam([p]).state_dict())
    assert used.state_dict() == {"steps": 0, "lr": 1e-3, "lr_factor": 1, "slots": {}}


def test_an_optimizer_with_memory_says_that_its_layers_were_put_elsewhere() -> None:
    a, b = Linear(2, 3), Linear(3, 1)
    optimizer = SGD([*a.parameters(), *b.parameters()], 0.1, momentum=0.9)
    optimizer.step()
    Sequential(a, b)
    with pytest.raises(RuntimeError, match="put into another network"):
        optimizer.step()


def test_a_state_of_other_shapes_is_refused() -> None:
    state = Adam(Linear(2, 3).parameters())
    state.step()
    with pytest.raises(ValueError, match="shapes"):
        Adam(Linear(20, 3).parameters()).load_state_dict(state.state_dict())
