"""Layers and activations: values beside torch's, and how weights are drawn."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from src.minidl import Linear, ReLU, Sigmoid, Tanh
from src.minidl.init import INITS
from tests.minidl.reference import generator

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


def test_an_input_buffer_is_the_layers_own_where_that_is_of_the_same_kind() -> None:
    x = torch.randn(7, 5)
    for layer, own in ((Linear(5, 3), True), (Linear(5, 3, runs=2), False), (Linear(5, 3, dtype=torch.float32), False)):
        buffer = layer.input_buffer(x)
        assert (buffer.shape, buffer.dtype) == (x.shape, x.dtype)
        y, given = layer(x), buffer.copy_(x)
        assert (layer._workspaces.find(x).input is given) == own
        torch.testing.assert_close(layer(given), y, rtol=0, atol=0)


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
    bound = 1 / math.sqrt(fan_in) if init == "uniform_fan_in" else 0
    assert [bias.min().item(), bias.max().item()] == pytest.approx([-bound, bound], rel=0.02)
    assert bias.mean().item() == pytest.approx(0, abs=bound / 10)


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
