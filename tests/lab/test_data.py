from typing import NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from src.lab.data import Batches, Rank, fold_indices
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


@given(n=st.integers(1, 300), batch_size=st.integers(1, 64), world=st.integers(1, 5), shuffled=st.booleans())
def test_ranks_share_each_batch(n: int, batch_size: int, world: int, shuffled: bool) -> None:
    order = (lambda: epoch_order(n, 0, 0)) if shuffled else None
    whole = list(Batches(items(n), batch_size, order))
    ranks = [Batches(items(n), batch_size, order, rank=Rank(number, world)) for number in range(world)]
    assert all(len(rank) == len(whole) for rank in ranks), "every step waits for every process"
    assert all(torch.equal(a.number, b.number) for a, b in zip(ranks[-1].alone(), whole, strict=True))
    for i, (batch, *parts) in enumerate(zip(whole, *ranks, strict=True)):
        counted = [part.number[: rank.part(i).size] for part, rank in zip(parts, ranks, strict=True)]
        assert torch.cat(counted).tolist() == batch.number.tolist(), "each item once, in their order"
        assert max(map(len, counted)) - min(map(len, counted)) <= 1
        assert all(len(part.number) == max(1, len(own)) for part, own in zip(parts, counted, strict=True))
        means = [rank.weight(i) * part.number.double().mean() for part, rank in zip(parts, ranks, strict=True)]
        assert torch.stack(means).mean() == pytest.approx(float(batch.number.double().mean()), rel=1e-12)


def test_ranks_distort_an_epoch_as_one_process_does() -> None:
    def negative(data: Items) -> Items:
        assert len(data.number) == 10
        return data._replace(number=-data.number)

    (batch,) = Batches(items(10), 10, lambda: epoch_order(10, 0, 0), negative)
    parts = [next(iter(Batches(items(10), 10, lambda: epoch_order(10, 0, 0), negative, Rank(i, 3)))) for i in range(3)]
    assert torch.equal(torch.cat([part.number for part in parts]), batch.number)


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


@given(n=st.integers(2, 300), data=st.data(), shuffled=st.booleans())
def test_folds_are_equal_parts_and_each_item_is_in_one(n: int, data: st.DataObject, shuffled: bool) -> None:
    folds = data.draw(st.integers(2, n))
    order = torch.randperm(n, generator=torch.Generator().manual_seed(n)) if shuffled else None
    parts = [[index.tolist() for index in fold_indices(n, folds, fold, order)] for fold in range(folds)]
    for train, val in parts:
        assert len(train) + len(val) == n
        assert {*train} | {*val} == {*range(n)}
    assert sorted(item for _, val in parts for item in val) == list(range(n))
    assert {len(val) for _, val in parts} <= {n // folds, -(-n // folds)}


def test_items_that_lie_in_an_order_are_mixed_by_a_permutation() -> None:
    order = torch.randperm(100, generator=torch.Generator().manual_seed(0))
    plain, mixed = fold_indices(100, 5, 2)[1], fold_indices(100, 5, 2, order)[1]
    assert plain.tolist() != sorted(mixed.tolist())
    assert mixed.tolist() == order[plain].tolist()


@pytest.mark.parametrize(("folds", "fold"), [(1, 0), (0, 0), (5, 5), (5, -1), (5, None), (11, 0)])
def test_a_fold_that_there_is_not_is_refused(folds: int, fold: int | None) -> None:
    with pytest.raises(ValueError, match=f"no fold={fold} of folds={folds} in 10 items"):
        fold_indices(10, folds, fold)
