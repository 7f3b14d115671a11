"""R networks at once are the R networks they would be alone."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from src.minidl import (
    SGD,
    Adadelta,
    Adam,
    Dropout,
    Linear,
    Loop,
    LossCrossEntropy,
    Optimizer,
    Sequential,
    Tanh,
)
from src.minidl.init import INITS, Init
from tests.minidl.reference import generator, generators

RUNS, SEED = 3, 5
OPTIMIZERS: list[Callable[..., Optimizer]] = [
    lambda params: SGD(params, 0.1, momentum=0.9, nesterov=True, weight_decay=1e-3),
    Adadelta,
    lambda params: Adam(params, 0.01),
]


def network(runs: int | None, seed: int) -> Sequential:
    """With dropout; each network's parameters come from its own generator, its masks from another."""
    g = generator(seed) if runs is None else generators(seed, runs)
    masks = generator(100 + seed) if runs is None else generators(100 + seed, runs)
    return Sequential(Linear(4, 8, runs, generator=g), Tanh(), Dropout(0.3, masks), Linear(8, 3, runs, "he", g))


def trained(runs: int | None, seed: int, optimizer: int, inputs: Tensor, targets: Tensor) -> Loop:
    net = network(runs, seed)
    order = seed if runs is None else range(seed, seed + runs)
    loop = Loop(net, LossCrossEntropy(), OPTIMIZERS[optimizer](net.parameters()), inputs, targets, 8, order)
    loop.run(4)
    return loop


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_network_r_starts_as_it_would_alone(init: Init, dtype: torch.dtype) -> None:
    together = Linear(5, 4, RUNS, init, generators(SEED, RUNS), dtype=dtype)
    for r in range(RUNS):
        alone = Linear(5, 4, None, init, generator(SEED + r), dtype=dtype)
        assert torch.equal(together.weight.value[r], alone.weight.value)
        assert torch.equal(together.bias.value[r], alone.bias.value)


@pytest.mark.parametrize("optimizer", range(3))
@pytest.mark.parametrize("data", ["shared", "own"])
def test_network_r_learns_what_it_would_alone(optimizer: int, data: str) -> None:
    lead = () if data == "shared" else (RUNS,)
    inputs, targets = torch.randn(*lead, 30, 4), torch.randint(3, (*lead, 30))  # 30: the last batch has 6
    together = trained(RUNS, SEED, optimizer, inputs, targets)
    for r in range(RUNS):
        x, t = (inputs, targets) if data == "shared" else (inputs[r], targets[r])
        alone = trained(None, SEED + r, optimizer, x, t)
        for many, one in zip(together.net.parameters(), alone.net.parameters(), strict=True):
            torch.testing.assert_close(many.value[r], one.value, rtol=1e-12, atol=1e-12)
        for many, one in zip(together.history, alone.history, strict=True):
            assert many.loss[r] == pytest.approx(one.loss[0], rel=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_outputs_are_those_of_each_alone(runs: int, batch: int, fan_in: int, fan_out: int, shared: bool) -> None:
    many = Linear(fan_in, fan_out, runs)
    x = torch.randn(batch, fan_in) if shared else torch.randn(runs, batch, fan_in)
    y = many(x)
    assert y.shape == (runs, batch, fan_out)
    for r in range(runs):
        one = Linear(fan_in, fan_out)
        one.load_state_dict({name: value[r] for name, value in many.state_dict().items()})
        torch.testing.assert_close(y[r], one(x if shared else x[r]), rtol=1e-12, atol=1e-12)


def test_one_order_for_all_runs() -> None:
    inputs, targets = torch.randn(20, 4), torch.randint(3, (20,))
    loops = []
    for seed in (7, [7] * RUNS):
        net = network(RUNS, SEED)
        loops.append(Loop(net, LossCrossEntropy(), SGD(net.parameters(), 0.1), inputs, targets, 8, seed))
        loops[-1].run(2)
    assert loops[0].history == loops[1].history
