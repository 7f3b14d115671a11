"""What is measured of a figure, against scipy and by hand, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.records.metrics import Meaning
from src.lab.records.reported import Figure
from src.lab.records.runs import load
from src.lab.reproduce.measure import Row, cells, row, verdict
from tests.lab.records.written import SAID, write

LOWER, HIGHER, NONE = Meaning("%", "lower"), Meaning("%", "higher"), Meaning()
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def measured(folder: Path, values: list[float], reported: Figure, metric: str = "test/miss") -> Row:
    for seed, value in enumerate(values):
        write(folder, "small", seed, {"test/miss": value}, said=SAID)
    return row("small", metric, reported, load([folder]), LOWER)


def test_mean_std_and_interval_are_scipys(tmp_path: Path) -> None:
    values = [2.1, 1.4, 3.3, 2.0, 1.9]
    found = measured(tmp_path, values, Figure(2.5, 0.4))
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (found.n, found.mean) == (5, pytest.approx(np.mean(values)))
    assert found.std == pytest.approx(np.std(values, ddof=1))
    assert (found.mean - found.half, found.mean + found.half) == pytest.approx((low, high))  # type: ignore[operator]
    assert found.seconds == 2.0
    assert found.verdict == "agrees"


@given(NUMBERS, NUMBERS, st.floats(0, 1e3))
def test_a_figure_agrees_where_it_lies_in_the_interval(reported: float, mean: float, half: float) -> None:
    said = verdict(reported, mean, half, LOWER)
    assert (said == "agrees") == (abs(reported - mean) <= half)
    opposite = {"agrees": "agrees", "better": "worse", "worse": "better"}
    assert verdict(reported, mean, half, HIGHER) == opposite[said]
    if said != "agrees":
        assert (said == "better") == (mean < reported)
        assert verdict(reported, mean, half, NONE) == ("higher" if mean > reported else "lower")


def test_without_runs_a_figure_is_missing_and_of_one_seed_nothing_is_said(tmp_path: Path) -> None:
    assert row("small", "test/miss", Figure(2.0), None, LOWER).verdict == "missing"
    assert measured(tmp_path, [2.0], Figure(2.0), "test/nothing").verdict == "missing"
    assert measured(tmp_path, [2.0], Figure(1.0)).verdict == "one seed"


def test_a_single_run_of_theirs_may_be_off_by_chance_and_a_mean_of_theirs_may_not(tmp_path: Path) -> None:
    values = [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0] * 3
    alone = measured(tmp_path, values, Figure(3.5))
    assert (alone.verdict, alone.spread) == ("better", True)
    assert not measured(tmp_path, values, Figure(3.5, 0.1)).spread
    assert not measured(tmp_path, values, Figure(3.5, None, 50)).spread
    assert not measured(tmp_path, values, Figure(5.5)).spread
    (_, line) = cells([alone], {"test/miss": LOWER})
    assert line[-1] == "better, within a run's spread"


def test_what_is_counted_is_compared_exactly(tmp_path: Path) -> None:
    write(tmp_path, "small", 0, 1.0, parameters=76846)
    write(tmp_path, "small", 1, 1.0, parameters=76846)
    runs = load([tmp_path])
    for stated, said in (76846, "agrees"), (76847, "better"), (76845, "worse"):
        found = row("small", "parameters", Figure(stated, note="as counted"), runs, Meaning(better="lower"))
        assert found.verdict == said
    _, line = cells([found], {})
    assert line[:4] == ["small (as counted)", "parameters", "76,845", "76,846"]
