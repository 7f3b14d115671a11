"""Groups against a baseline: what several comparisons are corrected by, beside scipy called directly."""

import numpy as np
import pytest
from scipy import stats

from src.lab.report import compare, significance

from .test_compare import METRIC, frame


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


def test_a_group_alone_has_nothing_to_be_compared_with() -> None:
    table = compare.differences(frame(a=[1.0, 2.0]), "a", METRIC)
    assert (table.height, table.columns) == (
        0, ["group", "n", "difference", "half", "p_t", "p_wilcoxon", "effect", "other_data", "needed"]
    )  # fmt: skip
    same = compare.differences(frame(a=[1.0, 2.0], b=[2.0, 3.0]), "a", METRIC).row(0, named=True)
    assert (same["effect"], same["needed"]) == (None, None), "without a spread no number of seeds is too few"
