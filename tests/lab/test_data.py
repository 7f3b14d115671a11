from typing import NamedTuple

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from src.lab.data import Batches, Rank
from src.lab.seeding import epoch_order, stream


class Items(NamedTuple):
    number: Tensor
    square: Tensor


def items(n: int) -> Items:
    return Items(torch.arange(n), torch.arange(n) ** 2)


@given(n=st.integers(1, 300), batch_size=st.integers(1, 64), seed=st.integers(0, 9))
def test_each_item_comes_once_with_its_own(n: int, batch_size: int, seed: int) -> None:
    batches = list(Batches(items(n), batch_size, lambda: epoch_order(n, seed, 0)))
    assert sorted(torch.cat([batch.number for batch in batches]).tolist()) == list(range(n))
    assert all(torch.equal(batch.square, batch.number**2) for batch in batches)
    assert all(len(batch.number) <= batch_size + 1 for batch in batches)
    if n > 1 < batch_size:
        assert all(len(batch.number) > 1 for batch in batches), "batch normalisation can't train on one item"


@given(n=st.integers(1, 300), batch_size=st.integers(1, 64), world=st.integers(1, 4))
def test_ranks_share_the_items(n: int, batch_size: int, world: int) -> None:
    training = [Batches(items(n), batch_size, lambda: epoch_order(n, 0, 0), rank=Rank(i, world)) for i in range(world)]
    numbers = [number for part in training for batch in part for number in batch.number.tolist()]
    assert len(numbers) == len(set(numbers)) == n // world * world
    assert len({len(part) for part in training}) == 1, "every step waits for every process"
    evaluation = [Batches(items(n), batch_size, rank=Rank(i, world)) for i in range(world)]
    assert sorted(k for part in evaluation for batch in part for k in batch.number.tolist()) == list(range(n))


def test_the_length_is_the_number_of_batches() -> None:
    for n in range(1, 40):
        for batch_size in range(1, 10):
            batches = Batches(items(n), batch_size)
            assert len(batches) == len(list(batches))


def test_the_order_is_another_each_epoch_and_seed() -> None:
    orders = {tuple(epoch_order(20, seed, epoch).tolist()) for seed in range(10) for epoch in range(10)}
    assert len(orders) == 100
    assert torch.equal(epoch_order(20, 3, 4), epoch_order(20, 3, 4))


@given(st.integers(0, 2**32 - 1), st.integers(0, 10_000), st.integers(0, 8))
def test_streams_fit_torchs_seeds_and_differ(seed: int, epoch: int, rank: int) -> None:
    here = stream(seed, epoch, rank)
    torch.Generator().manual_seed(here)
    assert here not in {stream(seed + 1, epoch, rank), stream(seed, epoch + 1, rank), stream(seed, epoch, rank + 1)}
