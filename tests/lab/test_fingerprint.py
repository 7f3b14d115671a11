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


X, Y = torch.randn(24, 3, 40, generator=torch.Generator().manual_seed(0)), torch.arange(24) % 5


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
    other[item] += 1
    assert parts([X]).isdisjoint(parts([other]))
    assert parts((X, Y)).isdisjoint(parts((X[:count], Y[:count]))), "nor are fewer of them the same"
    assert parts([X]).isdisjoint(parts([X.flip(0)]))


def test_what_is_only_encoded_otherwise_has_a_part_in_common() -> None:
    """Targets one-hot or not, inputs standardised by other training data."""
    one_hot = torch.nn.functional.one_hot(Y)
    assert parts((X, Y)) & parts((X, one_hot))
    assert parts((X, Y)) & parts(((X - 0.5) / 2, Y))


def test_a_part_that_says_nothing_is_left_out() -> None:
    mask = torch.ones(24)
    assert parts((X, mask)).isdisjoint(parts((X + 1, mask)))
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
