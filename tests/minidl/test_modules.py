"""What modules have in common: state, copies, several in one."""

import copy
import io

import pytest
import torch
from torch import Tensor

from src.minidl import SGD, Linear, LossMSE, Module, Parameter, ReLU, Sequential, Sigmoid, Tanh
from tests.minidl.reference import generator, mlp


def test_what_a_call_returns_stays_as_it_is() -> None:
    net, x = mlp(3, 4, 2), torch.randn(5, 3)
    first = net(x)
    kept = first.clone()
    net(x + 1)
    assert torch.equal(first, kept)


def test_changing_inputs_and_outputs_in_place_doesnt_change_gradients() -> None:
    for module in (Linear(3, 4), ReLU(), Tanh(), Sigmoid()):
        x = torch.randn(5, 3)
        kept = x.clone()
        grad = torch.randn(module(x).shape)
        given = grad.clone()
        gradients = []
        for change in (False, True):
            output = module(x)
            if change:
                output.zero_()
                x.zero_()
            module.zero_grad()
            input_grad = module.backward(grad)
            assert input_grad is not None
            gradients.append([t.clone() for t in (input_grad, *(grad for _, grad in module.param()))])
            assert torch.equal(grad, given)
            assert change or torch.equal(x, kept)
        for a, b in zip(*gradients, strict=True):
            assert torch.equal(a, b)


def test_side_by_side_networks_share_nothing() -> None:
    one, other, x = mlp(3, 4, 2), mlp(3, 4, 2), torch.randn(5, 3)
    expected = one(x)
    other(x)
    for p in other.parameters():
        p.value.zero_()
    assert torch.equal(one(x), expected)


def test_a_layer_of_two_networks_works_in_each() -> None:
    body, x = Sequential(Linear(3, 4), Tanh()), torch.randn(5, 3)
    first, second = Sequential(body, Linear(4, 2)), Sequential(body, Linear(4, 1))
    for net, width in ((first, 2), (second, 1), (first, 2)):
        y = net(x)
        before = y.clone()
        net.backward(torch.ones(5, width))
        optimizer = SGD(net.parameters(), 0.1)
        optimizer.step()
        assert (net(x) < before).all()
        net.zero_grad()


# ---- parameters and state


def test_parameters_by_name_and_in_order() -> None:
    net = Sequential(Linear(2, 3), Sequential(Tanh(), Linear(3, 1)))
    assert list(net.named_parameters()) == ["0.weight", "0.bias", "1.1.weight", "1.1.bias"]
    assert [place for place, _ in net.placed_modules()] == ["", "[0]", "[1]", "[1][0]", "[1][1]"]
    assert [tuple(p.value.shape) for p in net.parameters()] == [(3, 2), (3,), (1, 3), (1,)]
    assert [value.shape for value, _ in net.param()] == [grad.shape for _, grad in net.param()]
    assert [p.value.shape for p in Linear(2, 3, runs=4).parameters()] == [(4, 3, 2), (4, 3)]


def test_state_goes_through_a_file_and_back() -> None:
    net, other, x = mlp(3, 4, 2, runs=2), mlp(3, 4, 2, runs=2), torch.randn(5, 3)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(net(x), other(x))


def test_a_copy_is_independent_and_trains() -> None:
    net, x = mlp(3, 4, 2), torch.randn(5, 3)
    twin, before = copy.deepcopy(net), net(x)
    assert torch.equal(twin(x), before)
    twin.backward(torch.ones(5, 2))
    SGD(twin.parameters(), 0.1).step()
    assert not torch.equal(twin(x), before)
    assert torch.equal(net(x), before)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda state: state.pop("0.bias"), KeyError),
        (lambda state: state.update(extra=torch.zeros(1)), KeyError),
        (lambda state: state.update({"0.bias": torch.zeros(7)}), ValueError),
    ],
)
def test_a_state_that_doesnt_fit_is_refused_whole(change: object, error: type[Exception]) -> None:
    net = mlp(3, 4, 2)
    before, state = net.state_dict(), mlp(3, 4, 2).state_dict()
    change(state)  # type: ignore[operator]
    with pytest.raises(error, match=r"0\.bias|extra"):
        net.load_state_dict(state)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


class Scale(Module):
    """A module of the user's own."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = Parameter(torch.ones(1) * 2)

    def forward(self, x: Tensor) -> Tensor:
        self.x = x.clone()
        return x * self.factor.value

    def backward(self, grad: Tensor) -> Tensor:
        self.factor.grad += (grad * self.x).sum()
        return grad * self.factor.value


def test_a_users_own_module_is_one_like_any_other() -> None:
    net, loss = Sequential(Linear(2, 2), Tanh(), Scale(), Linear(2, 1)), LossMSE()
    optimizer = SGD(net.parameters(), 0.1)
    assert len(net.parameters()) == 5
    x, target = torch.randn(20, 2), torch.ones(20, 1)
    values = []
    for _ in range(100):
        values.append(loss(net(x), target).item())
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
    assert values[-1] < 0.1 * values[0]
    assert net.state_dict()["2.factor"].item() != 2


def test_what_was_kept_for_one_device_is_not_used_on_another() -> None:
    net, x = Sequential(Tanh(), Linear(3, 2)), torch.randn(5, 3)
    optimizer = SGD(net.parameters(), 0.1, momentum=0.9)
    net(x)
    optimizer.step()
    assert net.to("meta") is net
    with pytest.raises(RuntimeError, match="without a forward"):
        net[1].backward(torch.ones(5, 2))
    with pytest.raises(ValueError, match="input is on cpu, weight on meta"):
        net(x)
    assert net(x.to("meta")).device.type == "meta"
    optimizer.step()
    assert optimizer.slot("momentum", 0).device.type == "meta"


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_the_same_on_a_gpu(device: str) -> None:
    x, target, loss = torch.randn(10, 3), torch.randn(10, 2), LossMSE()
    nets = [mlp(3, 4, 2, runs=3, generator=generator(0)) for _ in range(2)]
    optimizers = [SGD(net.parameters(), 0.1, momentum=0.9) for net in nets]
    for step in range(6):
        if step == 3:
            nets[1].to(device)  # in the middle: the optimizer follows with its memory
        for net, optimizer in zip(nets, optimizers, strict=True):
            where = net.parameters()[0].value.device
            optimizer.zero_grad()
            loss(net(x.to(where)), target.to(where))
            net.backward(loss.backward())
            optimizer.step()
    for a, b in zip(*(net.parameters() for net in nets), strict=True):
        torch.testing.assert_close(a.value, b.value.cpu())
