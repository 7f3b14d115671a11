"""Order, scale and metrics."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.minidl import (
    Dropout,
    Linear,
    LossMSE,
    Sequential,
    accuracy,
    error_rate,
    evaluate,
    permutation,
    standardize,
)
from src.minidl.data import batches, mixed, pick, shifted, signed
from tests.minidl.reference import generator


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(0, 2**31), st.integers(0, 10_000))
def test_an_order_holds_each_sample_once(n: int, seed: int, epoch: int) -> None:
    order = permutation(n, seed, epoch)
    assert order.sort().values.tolist() == list(range(n))
    assert torch.equal(order, permutation(n, seed, epoch))


def test_orders_differ_by_seed_and_epoch_and_rows_are_those_of_each_seed() -> None:
    orders = {tuple(permutation(50, seed, epoch).tolist()) for seed in range(10) for epoch in range(10)}
    assert len(orders) == 100
    assert torch.equal(permutation(50, [3, 5], 2)[1], permutation(50, 5, 2))


def test_each_sample_comes_first_equally_often() -> None:
    counts = torch.zeros(8)
    for epoch in range(4000):
        counts[permutation(8, 1, epoch)[0]] += 1
    assert ((counts - 500).square().sum() / 500).item() < 24.3  # chi squared, 7 degrees of freedom, p = 0.001


def test_splitmix64_is_the_published_one() -> None:
    # the first outputs for the seed 1234567, from its authors' C code
    state, outputs = 1234567, []
    for _ in range(3):
        outputs.append(mixed(state))
        state = (state + 0x9E3779B97F4A7C15) % 2**64
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    word = torch.tensor([signed(outputs[2])])
    assert shifted(word, 30).item() == outputs[2] >> 30


def test_tensors_and_integers_are_mixed_alike() -> None:
    base = mixed(mixed(3) + 4)
    keys = [mixed((base + i * 0x9E3779B97F4A7C15) % 2**64) for i in range(20)]
    assert permutation(20, 3, 4).tolist() == sorted(range(20), key=lambda i: signed(keys[i]))


def test_a_large_order_is_numpys_of_the_same_keys() -> None:
    """So large that some keys differ in their lower half only."""
    n = 300_000
    keys = np.uint64(mixed(mixed(3))) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        keys = (keys ^ (keys >> np.uint64(shift))) * np.uint64(factor)
    keys ^= keys >> np.uint64(31)
    assert len(np.unique(keys >> np.uint64(33))) < n
    assert np.array_equal(permutation(n, 3).numpy(), keys.view(np.int64).argsort())


def test_a_test_set_is_standardized_by_the_training_sets_statistics() -> None:
    train, test = torch.randn(100, 2) * 3 + 5, torch.randn(50, 2) * 7 - 1
    standard, other = standardize(train, test)
    torch.testing.assert_close(standard.mean(0), torch.zeros(2))
    torch.testing.assert_close(standard.std(0), torch.ones(2))
    torch.testing.assert_close(other, (test - train.mean(0)) / train.std(0))


def test_each_run_is_standardized_by_its_own_statistics() -> None:
    train, test = torch.randn(3, 10, 2) * 3 + 5, torch.randn(3, 4, 2)
    for run, (standard, other) in enumerate(zip(*standardize(train, test), strict=True)):
        torch.testing.assert_close((standard, other), standardize(train[run], test[run]))


@pytest.mark.parametrize("dim", [-1, -2])
def test_samples_are_picked_for_all_runs_or_for_each(dim: int) -> None:
    one, many = (torch.randn(lead + (5, 2)[:-dim]) for lead in ((), (3,)))
    orders = torch.stack([torch.randperm(5) for _ in range(3)])
    assert torch.equal(pick(one, orders[0], dim), one[orders[0]])
    assert torch.equal(pick(many, orders[0], dim), many[:, orders[0]])
    assert torch.equal(pick(one, orders, dim), torch.stack([one[order] for order in orders]))
    assert torch.equal(
        pick(many, orders, dim), torch.stack([run[order] for run, order in zip(many, orders, strict=True)])
    )
    assert [part.shape[dim] for part in batches(many, 2, dim)] == [2, 2, 1]
    assert torch.equal(torch.cat(batches(many, 2, dim), dim), many)


def test_a_constant_feature_is_only_shifted() -> None:
    standard, other = standardize(torch.ones(4, 1), torch.full((2, 1), 3.0))
    assert (standard.abs().max().item(), other.tolist()) == (0, [[2], [2]])


@pytest.mark.parametrize("target", [[[0.0, 1.0]] * 4, [[-1.0, 1.0]] * 4])
def test_error_is_the_percentage_of_wrong_classes(target: list[list[float]]) -> None:
    output = torch.tensor([[0.1, 0.9], [0.3, 0.2], [0.2, 0.8], [0.0, 0.1]])
    assert error_rate(output, torch.tensor(target)).item() == 25
    assert accuracy(output, torch.tensor(target)).item() == 75
    assert error_rate(output, torch.ones(4).long()).item() == 25


def test_wrong_ones_are_counted_exactly_in_bfloat16_too() -> None:
    target = torch.tensor([1.0] * 371 + [0.0] * 629).unsqueeze(-1)
    output = torch.zeros(1000, 1, dtype=torch.bfloat16)
    assert error_rate(output, target).item() == pytest.approx(37.1, abs=1e-4)
    assert error_rate(output.double(), target).dtype == torch.float64


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_a_single_output_is_compared_with_the_threshold(low: float) -> None:
    target = torch.tensor([[1.0], [1.0], [low], [low]])
    assert error_rate(torch.tensor([[0.9], [0.6], [0.4], [0.7]]), target).item() == 25
    assert error_rate(torch.tensor([[2.0], [0.1], [-3.0], [-0.1]]), target, threshold=0).item() == 0


def test_a_single_output_is_read_against_a_half_in_each_run() -> None:
    output = torch.tensor([[[0.51], [0.49], [0.48]], [[0.52], [0.51], [0.53]]])
    classes = torch.tensor([1, 0, 0])
    expected = torch.tensor([0, 200 / 3])
    torch.testing.assert_close(error_rate(output, classes), expected)
    torch.testing.assert_close(error_rate(output, classes.unsqueeze(-1).double()), expected)
    torch.testing.assert_close(accuracy(output, classes), 100 - expected)
    net = Sequential(Linear(1, 1))
    net.load_state_dict({"0.weight": torch.eye(1), "0.bias": torch.zeros(1)})
    for run, share in zip(output, expected, strict=True):
        torch.testing.assert_close(evaluate(net, LossMSE(), run, classes.unsqueeze(-1).double())["error"], share)


def test_evaluate_names_what_it_measures_for_each_run() -> None:
    net = Sequential(Dropout(0.5, generator(0)), Linear(2, 2, runs=2))
    eye = torch.eye(2)
    net.load_state_dict({"1.weight": torch.stack((eye, eye.flip(0))), "1.bias": torch.zeros(2, 2)})
    inputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    targets = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    result = evaluate(net, LossMSE(), inputs, targets)
    torch.testing.assert_close(result["error"], torch.tensor([100 / 3, 200 / 3]))
    torch.testing.assert_close(result["accuracy"], torch.tensor([200 / 3, 100 / 3]))
    torch.testing.assert_close(result["loss"], torch.tensor([1 / 3, 2 / 3]))
    assert net.training
