"""Dropout: when, how much, and for whom."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.minidl import Dropout, Linear, Sequential, Tanh
from tests.minidl.reference import generator, generators


@settings(deadline=None, max_examples=20)
@given(st.floats(0, 0.9), st.integers(0, 1000))
def test_the_mean_is_kept_by_scaling_what_is_kept(p: float, seed: int) -> None:
    y = Dropout(p, generator(seed))(torch.ones(100, 200))
    kept = y[y > 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / (1 - p)))
    assert (y == 0).double().mean().item() == pytest.approx(p, abs=0.02)


def test_evaluation_changes_nothing_and_draws_nothing() -> None:
    layer, x = Dropout(0.5, generator(0)), torch.randn(5, 4)
    net = Sequential(Sequential(layer)).eval()
    before = layer.generators()[0].get_state()
    assert torch.equal(net(x), x)
    assert torch.equal(layer.generators()[0].get_state(), before)
    assert not torch.equal(net.train()(x), x)


def test_the_gradient_goes_where_the_output_came_from() -> None:
    layer = Dropout(0.5, generator(0))
    y = layer(torch.ones(5, 4))
    assert torch.equal(layer.backward(torch.ones(5, 4)), y)
    layer.eval()(torch.ones(5, 4))
    assert torch.equal(layer.backward(torch.ones(5, 4)), torch.ones(5, 4))


@pytest.mark.parametrize("shape", [(6, 4), (3, 6, 4)])
def test_each_run_drops_what_it_would_alone(shape: tuple[int, ...]) -> None:
    y = Dropout(0.5, generators(7, 3))(torch.ones(shape))
    for r in range(3):
        assert torch.equal(y[r], Dropout(0.5, generator(7 + r))(torch.ones(6, 4)))


def test_each_forward_draws_anew() -> None:
    layer, x = Dropout(0.5), torch.ones(10, 10)
    assert not torch.equal(layer(x), layer(x))


@pytest.mark.parametrize("p", [-0.1, 1.0, 50])
def test_a_probability_out_of_range(p: float) -> None:
    with pytest.raises(ValueError, match="probability to drop"):
        Dropout(p)


def test_generators_that_dont_fit_the_runs() -> None:
    with pytest.raises(ValueError, match=r"Sequential\[1\] Dropout\(0.5\): input shape \(2, 5, 4\)"):
        Sequential(Linear(4, 4, 2), Dropout(0.5, generators(0, 3)))(torch.ones(5, 4))


def test_generators_are_each_named_once() -> None:
    one, other = generators(0, 2)
    net = Sequential(Dropout(0.5, one), Sequential(Dropout(0.5, [other, one]), Tanh()), Dropout(0.5))
    assert net.generators() == [one, other]


def test_without_settings_half_is_dropped() -> None:
    assert repr(Dropout()) == "Dropout(0.5)"


@pytest.mark.parametrize(("shape", "count"), [((4,), 1), ((3,), None), ((2, 5, 4), 3), ((5, 4, 3), 4)])
def test_inputs_that_dont_fit(shape: tuple[int, ...], count: int | None) -> None:
    with pytest.raises(ValueError, match=rf"input shape .* doesn't fit {count or 1} generators"):
        Dropout(0.5, None if count is None else generators(0, count))(torch.ones(shape))
