"""What a run was tested on: the same digits for the same data however it is cut into batches, others for other data."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from src.lab.fingerprint import Fingerprint
from src.lab.records.runs import load
from src.lab.report.report import Report

from .running import run
from .toy import MANY


class Alone:
    """Stands for a Trainer of one process, of which nothing else is asked."""

    world_size = 1


class Pair(NamedTuple):
    x: Tensor
    y: Tensor


@dataclass
class Boxed:
    x: Tensor
    more: Any


DRAWN = torch.Generator().manual_seed(0)
X, Y = torch.randn(24, 3, 40, generator=DRAWN), torch.randint(5, (24,), generator=DRAWN)


def fingerprint(*batches: Any) -> str | None:
    callback: Any = Fingerprint()
    callback.on_test_start(Alone, None)
    for i, batch in enumerate(batches):
        callback.on_test_batch_start(Alone, None, batch, i)
    callback.on_test_end(Alone, None)
    digits: str | None = callback.digits
    return digits


def parts(*batches: Any) -> set[str]:
    return set((fingerprint(*batches) or "").split())


@given(stops=st.sets(st.integers(1, 23)))
def test_neither_the_size_of_the_batches_nor_precision_counts(stops: set[int]) -> None:
    edges = [0, *sorted(stops), 24]
    cut = [Pair(X[a:b], Y[a:b]) for a, b in pairwise(edges)]
    whole = fingerprint(Pair(X, Y))
    assert re.fullmatch("[0-9a-f]{12} [0-9a-f]{12}", whole or "")
    assert fingerprint(*cut) == fingerprint(*[(x.double(), y) for x, y in cut]) == whole


@given(item=st.integers(0, 23), count=st.integers(2, 23))
def test_other_items_are_other_data(item: int, count: int) -> None:
    other = X.clone()
    other[item] *= -9
    assert parts([X]).isdisjoint(parts([other]))
    assert parts((X, Y)).isdisjoint(parts((X[:count], Y[:count]))), "nor are fewer of them the same"
    assert parts([X]).isdisjoint(parts([X.flip(0)]))


ENCODED = [torch.nn.functional.one_hot(Y), Y.float().unsqueeze(1), 2.0 * Y - 1, 9 - Y, torch.eye(5)[Y]]


@pytest.mark.parametrize("targets", ENCODED)
@pytest.mark.parametrize("networks", [1, 2])
def test_targets_are_the_same_however_they_are_encoded(targets: Tensor, networks: int) -> None:
    """Those of several networks too, each with its own: `(networks, n, features)`."""
    if networks == 2:
        plain = torch.stack([Y, Y.roll(1)]).unsqueeze(2)
        targets = targets if targets.dim() > 1 else targets.unsqueeze(1)
        assert parts(torch.stack([targets, targets.roll(1, 0)])) == parts(plain)
        assert parts(plain) != parts(plain.flip(0))
    else:
        assert parts(targets) == parts(Y)


@given(scale=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_inputs_are_the_same_however_they_are_standardised(scale: float, shift: float) -> None:
    """By other training data."""
    assert parts(X.double()) == parts(X.double() * scale + shift)


def test_of_parts_of_which_one_is_the_same_one_is_found() -> None:
    assert parts((X, Y)) & parts((X.flip(0), Y))
    assert parts((X, Y)) & parts((X, Y.flip(0)))
    assert not parts((X, Y)) & parts((X.flip(0), Y.flip(0)))


def test_a_single_item_is_told_by_its_values() -> None:
    assert fingerprint(X[:1]) == fingerprint(X[:1].double())
    assert fingerprint(X[:1]) != fingerprint(X[1:2])


def test_a_part_whose_items_differ_in_shape_is_left_out() -> None:
    """Texts that are padded to the longest of a batch."""
    assert fingerprint((X[:9], Y[:9]), (X[9:, :, :7], Y[9:])) == fingerprint(Y)


def test_several_loaders_are_one_set_of_data_and_may_differ_in_shape() -> None:
    """A grid, say, that is the same for all beside points that are not."""
    grid = torch.cartesian_prod(torch.arange(5.0), torch.arange(5.0))

    def found(points: Tensor) -> str | None:
        callback: Any = Fingerprint()
        for loader, batch in enumerate((points, grid)):
            callback.on_test_batch_start(Alone, None, [batch], 0, loader)
        callback.on_test_end(Alone, None)
        digits: str | None = callback.digits
        return digits

    assert found(X) == found(2 * X)
    assert found(X) != found(X.flip(0))


def test_a_part_that_says_nothing_is_left_out() -> None:
    mask = torch.ones(24)
    assert parts((X, mask)).isdisjoint(parts((X.flip(0), mask)))
    assert len(parts((X, mask))) == 1
    assert fingerprint((mask,)), "unless there is no other"


@pytest.mark.parametrize(
    "nest",
    [
        lambda x, y: {"image": x, "more": {"label": y, "name": ["a", "b"]}},
        lambda x, y: [x, (y, None)],
        lambda x, y: Boxed(x, {"y": y, 3: 0.5}),
        lambda x, y: Pair(x, y),
    ],
)
def test_batches_are_of_any_structure(nest: Any) -> None:
    found = parts(nest(X, Y))
    assert len(found) == 2
    assert found == parts((X, Y)), "whatever their parts are called"
    assert found != parts(nest(X, Y.flip(0)))


@pytest.mark.parametrize("batch", [None, "text", 3, object(), [], [torch.zeros(0, 3)], torch.eye(3).to_sparse()])
def test_what_has_no_items_has_no_fingerprint(batch: Any) -> None:
    assert fingerprint(batch) is None


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.bfloat16, torch.complex64, torch.int64])
def test_numbers_are_of_any_kind(dtype: torch.dtype) -> None:
    assert fingerprint(X.to(dtype))
    assert fingerprint(torch.tensor(3.0).to(dtype))


def test_runs_say_what_they_were_tested_on(tmp_path: Path) -> None:
    first = run(tmp_path / "0")["tested_on"]
    assert re.fullmatch("[0-9a-f]{12}( [0-9a-f]{12})*", first)
    assert run(tmp_path / "1", "model.hidden=9", "data.batch_size=7", "epochs=1")["tested_on"] == first
    assert set(run(tmp_path / "2", "seed=1")["tested_on"].split()).isdisjoint(first.split())
    assert set(run(tmp_path / "3", "data.items=50")["tested_on"].split()).isdisjoint(first.split())
    assert run(tmp_path / "4", "tested=null")["tested_on"] is None


def test_runs_tested_on_other_data_are_not_compared(tmp_path: Path) -> None:
    for seed in range(3):
        run(tmp_path / f"a{seed}", f"seed={seed}")
        run(tmp_path / f"b{seed}", f"seed={seed}", "data.items=50")
        run(tmp_path / f"c{seed}", f"seed={seed}", "model.hidden=9")
    report = Report(load([tmp_path]), baseline="toy")
    rows = {row["group"]: row for row in report.differences.iter_rows(named=True)}
    assert rows["data.items=50"]["p_t"] is rows["data.items=50"]["difference"] is None
    assert rows["model.hidden=9"]["n"] == 3
    assert "data.items=50 and toy were tested on other data: not compared" in report.sentences()


def test_of_networks_trained_at_once_the_data_of_all_are_one(tmp_path: Path) -> None:
    """One alone beside one of several: nobody knows, so they are compared as ever."""
    run(tmp_path / "many", *MANY[1:2], "runs=2")
    run(tmp_path / "other", *MANY[1:2], "runs=2", "data.items=50")
    run(tmp_path / "alone", "data.items=30")
    report = Report(load([tmp_path]), baseline="toy_many")
    found = dict(report.differences.select("group", "other_data").iter_rows())
    assert found == {"toy_many data.items=50": True, "toy data.items=30": False}
