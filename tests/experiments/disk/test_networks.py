import math

import pytest
import torch

from src.experiments.disk.networks import first, mlp
from src.minidl import Dropout, Linear, Sigmoid, Tanh

REPORT_B = [2, 25, 25, 25, 2]


def test_the_layers_are_in_their_places() -> None:
    net = mlp([2, 8, 4, 1], "tanh", "sigmoid", "normal_fan_in", 0.1, 1, 0)
    kinds = [Linear, Tanh, Dropout, Linear, Tanh, Dropout, Linear, Sigmoid]
    assert [type(layer) for layer in net.layers] == kinds
    assert not any(isinstance(layer, Dropout) for layer in mlp(REPORT_B, "relu", None, "he", 0, 1, 0).layers)


def test_report_b_starts_normal_with_zero_biases() -> None:
    net = mlp(REPORT_B, "tanh", None, "normal_fan_in", 0, 200, 0)
    values = net.state_dict()
    for layer, fan_in in ((0, 2), (2, 25), (4, 25), (6, 25)):
        weight = values[f"{layer}.weight"]
        assert weight.std().item() == pytest.approx(1 / math.sqrt(fan_in), rel=0.03)
        assert values[f"{layer}.bias"].count_nonzero() == 0


def test_network_r_starts_and_drops_as_it_would_alone() -> None:
    together = mlp([2, 16, 2], "relu", None, "xavier", 0.5, 3, 7)
    x = torch.rand(20, 2)
    outputs = together(x)
    for r in range(3):
        alone = mlp([2, 16, 2], "relu", None, "xavier", 0.5, 1, 7 + r)
        assert all(torch.equal(value, together.state_dict()[name][r]) for name, value in alone.state_dict().items())
        torch.testing.assert_close(outputs[r], alone(x))


@pytest.mark.parametrize("runs", [1, 3])
def test_the_first_is_a_copy_of_its_own_that_draws_nothing(runs: int) -> None:
    net = mlp([2, 8, 1], "tanh", "sigmoid", "normal_fan_in", 0.5, runs, 0)
    x, chance = torch.rand(20, 2), torch.get_rng_state()
    alone = first(net)
    outputs = net.eval()(x)
    torch.testing.assert_close(alone(x), outputs[0] if runs > 1 else outputs)
    assert torch.equal(torch.get_rng_state(), chance)
    alone.parameters()[0].value.zero_()
    assert torch.equal(net(x), outputs)
