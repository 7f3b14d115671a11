"""Groups against a baseline: what several comparisons are corrected by, beside scipy called directly."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from src.lab.records.metrics import Meaning
from src.lab.report import compare, lost, significance, tables
from src.lab.report.improvement import IMPROVEMENT

from .test_compare import HIGHER, LOWER, METRIC, NEITHER, frame

LOST = [before + name for before in ("", lost.BASELINE) for name in lost.LOST]


def test_comparisons_are_corrected_for_how_many_they_are() -> None:
    rng = np.random.default_rng(0)
    base = rng.normal(10, 1, 9)
    groups = {name: base + rng.normal(shift, 0.5, 9) for name, shift in (("z", 1.2), ("y", 0.6), ("x", 0.05))}
    table = compare.differences(frame(base=[*base], **{k: [*v] for k, v in groups.items()}), "base", METRIC)
    assert table["group"].to_list() == ["z", "y", "x"], "in the order of the runs"
    t, w = ([test(values - base) for values in groups.values()] for test in (student, signed_ranks))
    for column, p in (("p_t", t), ("p_wilcoxon", w)):
        assert p == sorted(p), "Holm's factors are then 3, 2, 1"
        assert table[column].to_list() == pytest.approx([3 * p[0], max(3 * p[0], 2 * p[1]), p[2]])
    for row, values in zip(table.iter_rows(named=True), groups.values(), strict=True):
        assert row["effect"] == pytest.approx(np.mean(values - base) / np.std(values - base, ddof=1))
        assert row["needed"] == significance.seeds_needed(row["effect"], 0.05 / 3)


def student(values: np.ndarray) -> float:
    return float(stats.ttest_1samp(values, 0).pvalue)


def signed_ranks(values: np.ndarray) -> float:
    return float(stats.wilcoxon(values, method="exact").pvalue)


@pytest.mark.parametrize(("meaning", "heading"), [(LOWER, "P(better)"), (HIGHER, "P(better)"), (NEITHER, "P(higher)")])
def test_the_probability_of_improvement_is_that_of_all_runs_in_the_better_direction(
    meaning: Meaning, heading: str
) -> None:
    rng = np.random.default_rng(0)
    first, second = (rng.normal(mean, 0.5, n).round(1).tolist() for mean, n in ((2.0, 12), (2.4, 8)))
    table = compare.differences(frame(a=first, b=second), "b", METRIC, meaning)
    row = table.row(0, named=True)
    share = float(stats.mannwhitneyu(first, second).statistic) / 12 / 8
    expected = 1 - share if meaning is LOWER else share
    assert row["improvement"] == pytest.approx(expected), "also of seeds that only one has"
    assert 0 < row["improvement_low"] < expected < row["improvement_high"] < 1
    headings, cells = tables.difference_cells(table, "b", METRIC, meaning)
    shown = f"{expected:.2f} ({row['improvement_low']:.2f} to {row['improvement_high']:.2f})"
    assert cells[headings.index(heading)] == shown


def test_a_group_alone_has_nothing_to_be_compared_with() -> None:
    table = compare.differences(frame(a=[1.0, 2.0]), "a", METRIC)
    assert (table.height, table.columns) == (
        0, ["group", "n", "left_out", *significance.STATISTICS, *IMPROVEMENT, "other_data", "folds", *LOST, "needed"]
    )  # fmt: skip
    same = compare.differences(frame(a=[1.0, 2.0], b=[2.0, 3.0]), "a", METRIC).row(0, named=True)
    assert (same["effect"], same["needed"]) == (None, None), "without a spread no number of seeds is too few"


def with_folds(runs: pl.DataFrame, folds: int) -> pl.DataFrame:
    """Every so many runs in a row as the folds of one seed."""
    return runs.with_columns(pl.col("seed") // folds, fold=pl.col("seed") % folds)


def test_folds_are_paired_with_the_same_fold_of_the_same_seed_in_whatever_order_they_lie() -> None:
    rng = np.random.default_rng(0)
    base, other = rng.random(6), rng.random(6)
    runs = with_folds(frame(base=[*base], other=[*other]), 3)
    row = compare.differences(runs.sample(fraction=1, shuffle=True, seed=1), "base", METRIC).row(0, named=True)
    expected = stats.ttest_rel(other, base)
    assert (row["n"], row["folds"]) == (6, True)
    assert row["difference"] == pytest.approx(np.mean(other - base))
    assert row["p_t"] == pytest.approx(expected.pvalue)
    missing = runs.filter((pl.col("group") == "base") | (pl.col("fold") > 0))
    row = compare.differences(missing, "base", METRIC).row(0, named=True)
    assert (row["n"], row["difference"]) == (4, pytest.approx(np.delete(other - base, [0, 3]).mean()))


def test_folds_are_not_paired_with_runs_that_have_none_and_these_are_with_each_other() -> None:
    none = pl.lit(None, pl.Int64).alias("fold")
    runs = pl.concat([with_folds(frame(a=[1.0, 2.0, 3.0]), 3), frame(b=[1.0, 2.0], c=[2.0, 4.0]).with_columns(none)])
    assert compare.differences(runs, "b", METRIC).select("group", "n", "folds").rows() == [
        ("a", 0, True),
        ("c", 2, False),
    ]
