"""A group over its seeds and against others, beside numpy and scipy called directly."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.records.metrics import Meaning
from src.lab.report import compare

METRIC = "test/miss"
LOWER, HIGHER, NEITHER = Meaning("%", "lower"), Meaning("%", "higher"), Meaning("%")


def frame(**groups: list[float | None]) -> pl.DataFrame:
    rows = [
        {
            "group": group,
            "status": "completed",
            "seed": seed,
            "seconds": 1.0,
            "parameters": 10,
            "epochs": 5,
            METRIC: value,
        }
        for group, values in groups.items()
        for seed, value in enumerate(values)
    ]
    return pl.DataFrame(rows)


@given(values=st.lists(st.floats(0, 100), min_size=2, max_size=30))
def test_a_summary_is_that_of_numpy_and_scipy(values: list[float]) -> None:
    row = compare.summary(frame(a=[*values]), METRIC, LOWER).row(0, named=True)
    assert (row["n"], row["failed"]) == (len(values), 0)
    assert row["mean"] == pytest.approx(np.mean(values))
    assert row["std"] == pytest.approx(np.std(values, ddof=1), abs=1e-9)
    assert row["median"] == pytest.approx(np.median(values))
    assert (row["best"], row["worst"]) == (min(values), max(values))
    assert values[row["best seed"]] == row["best"]
    if row["std"] > 1e-6:
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        assert row["half"] == pytest.approx((high - low) / 2)


@given(measured=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=3, max_size=12))
def test_differences_are_those_of_scipys_paired_t(measured: list[tuple[int, int]]) -> None:
    """But for a std of under two steps, which is that of the figures and of their rounding."""
    first, second = ([count / 10 for count in counts] for counts in zip(*measured, strict=True))
    row = compare.differences(frame(a=[*first], b=[*second]), "b", METRIC).row(0, named=True)
    assert row["n"] == len(measured)
    assert row["difference"] == pytest.approx(np.mean(first) - np.mean(second), abs=1e-9)
    if len({one - other for one, other in measured}) > 1:
        counts = [count for each in measured for count in each]
        step = math.gcd(*(count - counts[0] for count in counts)) / 10
        std = np.std(np.subtract(first, second), ddof=1)
        wide = np.sqrt(1 + (step / std) ** 2 / 6) if std < 2 * step - 1e-9 else 1.0
        test = stats.ttest_rel(first, second)
        assert row["p_t"] == pytest.approx(2 * stats.t.sf(abs(test.statistic) / wide, test.df), abs=1e-9)
        interval = stats.t(test.df, row["difference"], stats.sem(np.subtract(first, second)) * wide).interval(0.95)
        interval = dict(zip(("low", "high"), interval, strict=True))
        assert row["difference"] - row["half"] == pytest.approx(interval["low"], abs=1e-6)
        assert row["difference"] + row["half"] == pytest.approx(interval["high"], abs=1e-6)


def test_what_a_run_takes_is_that_of_the_runs_that_count() -> None:
    runs = frame(a=[1.0, 2.0, 3.0], b=[None]).with_columns(
        epochs=pl.Series([2, 4, 9, 9]), seconds=pl.Series([1.0, 2.0, 9.0, 9.0]), parameters=pl.Series([7, 8, 9, 5]),
        status=pl.Series(["completed", "completed", "diverged", "failed"]),
    )  # fmt: skip
    table = compare.summary(runs, METRIC, LOWER, ["seconds"])
    columns = ["n", "failed", "epochs", "epochs std", "seconds", "seconds mean", "seconds std", "parameters", "half"]
    half = pytest.approx(float(stats.t.ppf(0.975, 1)) / 2)
    assert table.select(columns).rows() == [
        (2, 1, 3, pytest.approx(2**0.5), 1.5, 1.5, pytest.approx(0.5**0.5), 9, half),
        (0, 1, None, None, None, None, None, 5, None),
    ]
    assert compare.summary(frame(a=[1.0]), METRIC)["half"].to_list() == [None], "one seed has no interval"


def test_where_higher_is_better_the_highest_comes_first() -> None:
    table = compare.summary(frame(a=[80.0, 82.0], b=[90.0, 91.0]), METRIC, HIGHER)
    assert table["group"].to_list() == ["b", "a"]
    assert table["best"].to_list() == [91.0, 82.0]
    assert table["best seed"].to_list() == [1, 1]
    assert table["worst"].to_list() == [90.0, 80.0]


@given(means=st.lists(st.integers(-50, 50), min_size=1, max_size=6, unique=True))
def test_the_two_directions_rank_the_other_way_round(means: list[int]) -> None:
    runs = frame(**{f"g{mean}": [mean - 0.5, mean + 0.25] for mean in means})
    lower, higher, neither = (
        compare.summary(runs, METRIC, meaning)["group"].to_list() for meaning in (LOWER, HIGHER, NEITHER)
    )
    assert lower == [f"g{mean}" for mean in sorted(means)]
    assert higher == lower[::-1]
    assert neither == [f"g{mean}" for mean in means], "without a direction, in the order of the runs"


def test_without_a_direction_the_least_and_the_most_are_shown() -> None:
    table = compare.summary(frame(b=[3.0, 1.0, 2.0], a=[7.0]), METRIC, NEITHER)
    assert table["group"].to_list() == ["b", "a"]
    assert table.select("best", "best seed", "worst", "worst seed").row(0) == (1.0, 1, 3.0, 0)


def test_what_was_not_measured_is_not_counted() -> None:
    runs = frame(a=[1.0, None, 3.0], b=[None, None, None])
    runs = runs.with_columns(pl.when(pl.col("seed") == 2).then(pl.lit("failed")).otherwise("status").alias("status"))
    table = compare.summary(runs, METRIC, LOWER)
    assert table.select("group", "n", "failed", "mean").rows() == [("a", 1, 1, 1.0), ("b", 0, 1, None)]


@pytest.mark.parametrize(
    ("meaning", "count"),
    [(Meaning("%", "lower", 25.0), 2), (Meaning("", "higher", 25.0), 4), (LOWER, 0), (HIGHER, 0)],
)
def test_networks_that_have_not_learnt_are_those_worse_than_the_bound(meaning: Meaning, count: int) -> None:
    runs = frame(a=[3.0, 24.9, 25.0, 25.1, 49.0, -1.0, 0.0, None])
    assert compare.summary(runs, METRIC, meaning)["unlearnt"].to_list() == [count]


def test_a_bound_without_a_direction_is_one_from_above() -> None:
    assert compare.summary(frame(a=[3.0, 30.0]), METRIC, Meaning("", None, 25.0))["unlearnt"].to_list() == [1]


def test_other_metrics_are_those_of_the_runs_that_count() -> None:
    runs = frame(a=[1.0, 2.0, None]).with_columns(pl.Series("val/loss", [0.5, None, 9.0]))
    row = compare.summary(runs, METRIC, LOWER, ["val/loss"]).row(0, named=True)
    assert (row["val/loss mean"], row["val/loss std"]) == (0.5, None)


def test_groups_without_a_common_seed_are_not_compared() -> None:
    runs = pl.concat([frame(a=[1.0, 2.0]), frame(b=[1.0, 2.0]).with_columns(pl.col("seed") + 5)])
    row = compare.differences(runs, "a", METRIC).row(0, named=True)
    assert (row["n"], row["difference"], row["p_t"]) == (0, None, None)


def on_data(runs: pl.DataFrame, on: list[str | None], together: str | None = None) -> pl.DataFrame:
    return runs.with_columns(
        pl.Series("tested_on", on, pl.String), pl.Series("together", [together] * len(on), pl.String)
    )


@pytest.mark.parametrize(
    ("a", "b", "other"),
    [
        (["x0", "x1"], ["x0", "x1"], False),
        (["x0", "x1"], ["x0", "z1"], True),
        (["x0 y0", "x1 y1"], ["x0 z0", "z1 y1"], False),
        (["x0 y0", "x1 y1"], ["z0 w0", "x1 y1"], True),
        ([None, "x1"], ["x0", "x1"], False),
        ([None, None], [None, None], False),
    ],
)
def test_what_was_tested_on_other_data_is_not_compared(a: list[str | None], b: list[str | None], other: bool) -> None:
    """By the fingerprints of its parts, of which one is enough."""
    runs = pl.concat(
        [on_data(frame(a=[1.0, 2.0]), a), on_data(frame(b=[2.0, 5.0]), b), on_data(frame(c=[1.0]), [None])]
    )
    table = compare.differences(runs, "a", METRIC)
    row = table.row(0, named=True)
    assert row["other_data"] is other
    assert (row["n"], row["difference"]) == ((0, None) if other else (2, 2.0))
    assert (row["p_t"] is None) == (row["p_wilcoxon"] is None) == other
    assert table.row(1, named=True)["n"] == 1


def test_one_network_and_several_at_once_are_compared_though_their_data_look_different() -> None:
    runs = pl.concat([on_data(frame(a=[1.0, 2.0]), ["x", "x"], "2 from 0"), on_data(frame(b=[2.0, 5.0]), ["y", "z"])])
    assert compare.differences(runs, "a", METRIC).row(0, named=True)["n"] == 2


def test_a_baseline_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no group 'best'; there are a, b, c"):
        compare.differences(frame(c=[1.0], a=[1.0], b=[1.0]), "best", METRIC)


def test_groups_stand_in_the_order_of_the_runs() -> None:
    names = [*"qwertzuiopasdfghjklyxcvbnm"]
    runs = frame(**{name: [1.0, 2.0] for name in names})
    assert compare.differences(runs, "m", METRIC)["group"].to_list() == names[:-1]
    for meaning in LOWER, HIGHER, NEITHER:
        table = compare.summary(runs, METRIC, meaning)
        assert table["group"].to_list() == names, "the same mean"
        intervals = ["half", "std_low", "std_high", "bca_low", "bca_high"]
        assert table.columns[3:13] == ["n", "mean", "std", *intervals, "median", "best"]
