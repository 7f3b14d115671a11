"""Layers, activations, Sequential and what modules have in common: values, state, and errors."""

import copy
import io
import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor

from src.minidl import SGD, Linear, LossMSE, Module, Parameter, ReLU, Sequential, Sigmoid, Tanh
from src.minidl.init import INITS

from .reference import generator, mlp

KINDS: list[Callable[[], Module]] = [lambda: Linear(3, 3), Tanh, lambda: Sequential(Linear(3, 3), ReLU())]
FLOATS = st.lists(st.floats(-700, 700), min_size=1, max_size=20)


@hypothesis_settings(deadline=None)
@given(FLOATS)
def test_activations_are_torchs(values: list[float]) -> None:
    x = torch.tensor(values, dtype=torch.float64).unsqueeze(0)
    for module, function in ((ReLU(), torch.relu), (Tanh(), torch.tanh), (Sigmoid(), torch.sigmoid)):
        torch.testing.assert_close(module(x), function(x), rtol=1e-15, atol=5e-16)


def test_tanhs_error_in_float32_is_as_documented() -> None:
    x = torch.linspace(-20, 20, 100_001, dtype=torch.float32).unsqueeze(0)
    assert (Tanh()(x).double() - x.double().tanh()).abs().max() < 2e-7


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_linear_is_torchs(dtype: torch.dtype) -> None:
    layer, x = Linear(5, 3, dtype=dtype), torch.randn(7, 5, dtype=dtype)
    y = layer(x)
    assert y.dtype == dtype
    torch.testing.assert_close(y, F.linear(x, layer.weight.value, layer.bias.value))


@pytest.mark.parametrize("init", INITS)
def test_inits_have_the_spread_they_promise(init: str) -> None:
    fan_in, fan_out = 300, 500
    layer = Linear(fan_in, fan_out, init=init, generator=generator(0))  # type: ignore[arg-type]
    weight, bias = layer.weight.value, layer.bias.value
    std = {
        "uniform_fan_in": 1 / math.sqrt(3 * fan_in),
        "normal_fan_in": 1 / math.sqrt(fan_in),
        "xavier": math.sqrt(2 / (fan_in + fan_out)),
        "he": math.sqrt(2 / fan_in),
    }[init]
    assert weight.std().item() == pytest.approx(std, rel=0.01)
    assert weight.mean().item() == pytest.approx(0, abs=std / 50)
    if init in {"uniform_fan_in", "xavier"}:
        assert weight.abs().max().item() == pytest.approx(std * math.sqrt(3), rel=0.001)
    assert (bias.abs().max().item() > 0) == (init == "uniform_fan_in")


def test_gradient_step_and_reset() -> None:
    layer = Linear(2, 3)
    before = layer.state_dict()
    layer(torch.ones(4, 2))
    layer.backward(torch.ones(4, 3))
    layer.gradient_step(0.1)
    assert torch.allclose(layer.weight.value, before["weight"] - 0.4)
    assert torch.allclose(layer.bias.value, before["bias"] - 0.4)
    layer.gradient_reset()
    assert all(grad.abs().max() == 0 for _, grad in layer.param())


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


def test_descriptions() -> None:
    net = Sequential(Linear(2, 3, runs=5), Sequential(Tanh()))
    assert repr(net) == "Sequential(\n  [0] Linear(2, 3, runs=5)\n  [1] Sequential(\n    [0] Tanh()\n  )\n)"
    assert "17" in repr(SGD(mlp(2, 3, 2).parameters(), 0.1))


# ---- wrong use


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((100, 3), r"Sequential\[0\] Linear\(2, 5\): input has 3 features, expected 2 "),
        ((100, 3), r"\(input shape \(100, 3\), weight shape \(5, 2\)\)"),
        ((2,), r"input has 1 dimensions, expected \(batch, features\)"),
        ((4, 100, 2), r"input has 3 dimensions, expected \(batch, features\)"),
    ],
)
def test_inputs_that_dont_fit(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mlp(2, 5, 5)(torch.zeros(shape))


def test_layers_that_dont_fit_are_named_by_their_place() -> None:
    net = Sequential(Linear(2, 5), Sequential(Tanh(), Linear(4, 1)))
    with pytest.raises(ValueError, match=r"Sequential\[1\]\[1\] Linear\(4, 1\): input has 5 features, expected 4"):
        net(torch.zeros(3, 2))


def test_runs_that_dont_fit() -> None:
    with pytest.raises(ValueError, match=r"Linear\(2, 5, runs=3\): input is for 4 runs, expected 3"):
        Linear(2, 5, runs=3)(torch.zeros(4, 10, 2))


@pytest.mark.parametrize("make", KINDS)
def test_backward_needs_a_forward_of_its_own(make: Callable[[], Module]) -> None:
    module = make()
    grad = torch.ones(2, 3)
    with pytest.raises(RuntimeError, match="without a forward"):
        module.backward(grad)
    module(torch.ones(2, 3))
    module.backward(grad)
    with pytest.raises(RuntimeError, match="without a forward"):
        module.backward(grad)


@pytest.mark.parametrize("make", KINDS)
def test_a_gradient_of_another_shape(make: Callable[[], Module]) -> None:
    module = make()
    module(torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"gradient has shape \(3, 3\), the output had \(2, 3\)"):
        module.backward(torch.ones(3, 3))


def test_one_instance_in_two_places() -> None:
    shared = Tanh()
    with pytest.raises(ValueError, match=r"Tanh\(\) stands at Sequential\[1\] and again at Sequential\[3\]\[0\]"):
        Sequential(Linear(2, 2), shared, Linear(2, 2), Sequential(shared))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear(0, 1),
        lambda: Linear(1, 1, runs=0),
        lambda: Linear(1, 1, init="zeros"),  # type: ignore[arg-type]
        lambda: Linear(1, 1, runs=3, generator=[generator(0)]),
        lambda: Parameter(torch.zeros(2), torch.zeros(3)),
        lambda: Sequential(Linear(1, 1, dtype=torch.float32), Linear(1, 1, dtype=torch.float64)),
    ],
)
def test_wrong_settings(make: object) -> None:
    with pytest.raises(ValueError, match=r"Linear|Parameter|parameters"):
        make()  # type: ignore[operator]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_the_same_on_a_gpu() -> None:
    x, target, loss = torch.randn(10, 3), torch.randn(10, 2), LossMSE()
    nets = [mlp(3, 4, 2, runs=3, generator=generator(0)) for _ in range(2)]
    optimizers = [SGD(net.parameters(), 0.1, momentum=0.9) for net in nets]
    for step in range(6):
        if step == 3:
            nets[1].to("cuda")  # in the middle: the optimizer follows with its memory
        for net, optimizer in zip(nets, optimizers, strict=True):
            where = net.parameters()[0].value.device
            optimizer.zero_grad()
            loss(net(x.to(where)), target.to(where))
            net.backward(loss.backward())
            optimizer.step()
    for a, b in zip(*(net.parameters() for net in nets), strict=True):
        torch.testing.assert_close(a.value, b.value.cpu())
