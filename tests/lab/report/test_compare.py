"""A group over its seeds and against others, beside numpy and scipy called directly."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.report import compare


def frame(**groups: list[float]) -> pl.DataFrame:
    rows = [
        {
            "group": group,
            "status": "completed",
            "seed": seed,
            "seconds": 1.0,
            "parameters": 10,
            "epochs": 5,
            "test/error": value,
        }
        for group, values in groups.items()
        for seed, value in enumerate(values)
    ]
    return pl.DataFrame(rows)


@given(values=st.lists(st.floats(0, 100), min_size=2, max_size=30))
def test_a_summary_is_that_of_numpy_and_scipy(values: list[float]) -> None:
    row = compare.summary(frame(a=values), "test/error").row(0, named=True)
    assert (row["n"], row["failed"]) == (len(values), 0)
    assert row["mean"] == pytest.approx(np.mean(values))
    assert row["std"] == pytest.approx(np.std(values, ddof=1), abs=1e-9)
    assert row["median"] == pytest.approx(np.median(values))
    assert (row["best"], row["worst"]) == (min(values), max(values))
    assert values[row["best seed"]] == row["best"]
    if row["std"] > 1e-6:
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        assert row["half"] == pytest.approx((high - low) / 2)


@given(pairs=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=3, max_size=12))
def test_differences_are_those_of_scipys_paired_t(pairs: list[tuple[int, int]]) -> None:
    first, second = ([count / 10 for count in counts] for counts in zip(*pairs, strict=True))
    row = compare.differences(frame(a=first, b=second), "b", "test/error").row(0, named=True)
    assert row["n"] == len(pairs)
    assert row["difference"] == pytest.approx(np.mean(first) - np.mean(second), abs=1e-9)
    if len({one - other for one, other in pairs}) > 1:
        test = stats.ttest_rel(first, second)
        assert row["p_t"] == pytest.approx(test.pvalue, abs=1e-9)
        interval = test.confidence_interval(0.95)
        assert row["difference"] - row["half"] == pytest.approx(interval.low, abs=1e-6)
        assert row["difference"] + row["half"] == pytest.approx(interval.high, abs=1e-6)


def test_words_say_what_the_figures_mean() -> None:
    seeds = np.random.default_rng(1)
    a, noise = seeds.normal(2, 0.1, 10), seeds.normal(0, 0.4, 10)
    runs = frame(a=list(a), close=list(a + 0.1 + noise), far=list(a + 5 + noise), same=list(a), lone=[9.0])
    table = compare.differences(runs, "a", "test/error")
    close, far, same, lone = (compare.in_words(row, "a", "test/error") for row in table.iter_rows(named=True))
    assert far.startswith("a beats far by 4.94 ± ") and far.endswith("points: 10 seeds, p < 0.0001")
    assert "not distinguishable with 10 seeds; about" in close
    assert same == "a equals same in the mean of 10 seeds"
    assert lone.endswith("on one seed: that says nothing")


def test_higher_is_better_for_accuracies() -> None:
    runs = frame(a=[90.0, 91.0], b=[80.0, 82.0]).rename({"test/error": "test/accuracy"})
    assert compare.summary(runs, "test/accuracy")["group"].to_list() == ["a", "b"]
    assert compare.summary(runs, "test/accuracy")["best"].to_list() == [91.0, 82.0]
    row = compare.differences(runs, "a", "test/accuracy").row(0, named=True)
    assert compare.in_words(row, "a", "test/accuracy").startswith("a beats b by 9.50")


def test_groups_without_a_common_seed_are_not_compared() -> None:
    runs = pl.concat([frame(a=[1.0, 2.0]), frame(b=[1.0, 2.0]).with_columns(pl.col("seed") + 5)])
    row = compare.differences(runs, "a", "test/error").row(0, named=True)
    assert (row["n"], row["difference"], row["p_t"]) == (0, None, None)
    assert compare.in_words(row, "a", "test/error") == "b and a have no seed in common"


def test_a_baseline_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no group 'best'; there are a"):
        compare.differences(frame(a=[1.0]), "best", "test/error")
