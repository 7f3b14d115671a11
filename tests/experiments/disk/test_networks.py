import math
from typing import Any

import pytest
import torch

from src.experiments.disk.networks import first, mlp
from src.experiments.disk.schema import DiskModel
from src.lab.config import check, compose
from src.minidl import Dropout, Linear, Sigmoid, Tanh

REPORT_B = [2, 25, 25, 25, 2]


def settings(widths: list[int], **changes: Any) -> DiskModel:
    """The knobs of `model=disk_tanh`, but for these."""
    knobs = check(compose("model=disk_tanh")).model_dump()["model"]
    return DiskModel.model_validate(knobs | {"widths": widths} | changes)


def test_the_layers_are_in_their_places() -> None:
    net = mlp(settings([2, 8, 4, 1], output="sigmoid", dropout=0.1), runs=1, seed=0)
    kinds = [Linear, Tanh, Dropout, Linear, Tanh, Dropout, Linear, Sigmoid]
    assert [type(layer) for layer in net.layers] == kinds
    without = mlp(settings(REPORT_B, activation="relu", init="he"), runs=1, seed=0)
    assert not any(isinstance(layer, Dropout) for layer in without.layers)


def test_report_b_starts_normal_with_zero_biases() -> None:
    net = mlp(settings(REPORT_B), runs=200, seed=0)
    values = net.state_dict()
    for layer, fan_in in ((0, 2), (2, 25), (4, 25), (6, 25)):
        weight = values[f"{layer}.weight"]
        assert weight.std().item() == pytest.approx(1 / math.sqrt(fan_in), rel=0.03)
        assert values[f"{layer}.bias"].count_nonzero() == 0


def test_network_r_starts_and_drops_as_it_would_alone() -> None:
    knobs = settings([2, 16, 2], activation="relu", init="xavier", dropout=0.5)
    together = mlp(knobs, runs=3, seed=7)
    x = torch.rand(20, 2)
    outputs = together(x)
    for r in range(3):
        alone = mlp(knobs, runs=1, seed=7 + r)
        assert all(torch.equal(value, together.state_dict()[name][r]) for name, value in alone.state_dict().items())
        torch.testing.assert_close(outputs[r], alone(x))


@pytest.mark.parametrize("runs", [1, 3])
def test_the_first_is_a_copy_of_its_own_that_draws_nothing(runs: int) -> None:
    net = mlp(settings([2, 8, 1], output="sigmoid", dropout=0.5), runs, seed=0)
    x, chance = torch.rand(20, 2), torch.get_rng_state()
    alone = first(net)
    outputs = net.eval()(x)
    torch.testing.assert_close(alone(x), outputs[0] if runs > 1 else outputs)
    assert torch.equal(torch.get_rng_state(), chance)
    alone.parameters()[0].value.zero_()
    assert torch.equal(net(x), outputs)
