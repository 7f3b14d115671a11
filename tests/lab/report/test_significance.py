"""The statistics, against scipy called directly, brute force and simulation."""

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from src.lab.report import significance

Tenths = st.lists(st.integers(-60, 60).map(lambda count: count / 10), min_size=2, max_size=12)


@given(
    values=st.lists(st.floats(0.01, 50), min_size=1, max_size=25, unique_by=lambda value: round(value, 6)),
    data=st.data(),
)
def test_the_signed_rank_test_is_scipys_exact_one(values: list[float], data: st.DataObject) -> None:
    signed = np.array([value * data.draw(st.sampled_from([-1, 1])) for value in values])
    assert significance.wilcoxon(signed) == pytest.approx(stats.wilcoxon(signed, method="exact").pvalue, abs=1e-9)


@given(values=Tenths)
def test_with_ties_the_signed_rank_test_counts_all_signs(values: list[float]) -> None:
    kept = np.array([value for value in values if value])
    if not len(kept):
        assert significance.wilcoxon(np.array(values)) == 1
        return
    ranks = stats.rankdata(np.abs(kept).round(9))
    measured = ranks[kept > 0].sum()
    extreme = min(measured, ranks.sum() - measured)
    sums = np.array([ranks @ signs for signs in product([0, 1], repeat=len(ranks))])
    assert significance.wilcoxon(np.array(values)) == pytest.approx(min(1, 2 * np.mean(sums <= extreme + 1e-9)))


@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values: list[float]) -> None:
    corrected = significance.holm([*p_values, None])
    assert corrected.pop() is None
    for alpha in 0.01, 0.05, 0.3:
        rejected: set[int] = set()
        for place, i in enumerate(np.argsort(p_values, kind="stable").tolist()):
            if p_values[i] * (len(p_values) - place) > alpha:
                break
            rejected.add(i)
        assert {i for i, p in enumerate(corrected) if p is not None and p <= alpha} == rejected


@pytest.mark.parametrize("effect", [0.3, 0.8, 1.53, -3.0])
def test_as_many_seeds_as_are_needed_find_the_difference_four_times_in_five(effect: float) -> None:
    n = significance.seeds_needed(effect)
    assert n is not None
    draws = np.random.default_rng(0).normal(effect, 1, (4000, n))
    power = np.mean(stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05)
    assert power > 0.77
    if n > 2:
        fewer = stats.ttest_1samp(draws[:, : n - 1], 0, axis=1).pvalue if n > 2 else np.ones(1)
        assert np.mean(fewer < 0.05) < 0.83
    assert significance.seeds_needed(1e-4) is None


@given(effect=st.floats(0.025, 20), alpha=st.sampled_from([0.05, 0.0125]))
@example(effect=0.03, alpha=0.05)  # 8723, beyond the last power of two
@example(effect=15, alpha=0.05)  # two
@example(effect=0.028019, alpha=0.05)  # 10,000
@example(effect=0.0280178, alpha=0.05)  # one more
def test_the_seeds_that_are_needed_are_the_fewest_of_enough_power(effect: float, alpha: float) -> None:
    def power(n: int) -> float:
        return float(stats.nct.sf(stats.t.ppf(1 - alpha / 2, n - 1), n - 1, effect * n**0.5))

    n = significance.seeds_needed(-effect, alpha)
    assert n == significance.seeds_needed(effect, alpha)
    if n is None:
        assert power(10_000) < 0.8
    else:
        assert n <= 10_000 and power(n) >= 0.8 and (n == 2 or power(n - 1) < 0.8)


def test_a_difference_that_is_the_same_on_every_seed_has_no_spread_to_compare_it_with() -> None:
    row = significance.difference(np.array([0.3 - 0.1, 2.3 - 2.1, 0.9 - 0.7]))
    assert row["difference"] == pytest.approx(0.2)
    assert (row["half"], row["p_t"], row["effect"]) == (None, None, None)
    assert row["p_wilcoxon"] == pytest.approx(2 / 2**3)
    known = {"n": 3, "difference": 0, "p_wilcoxon": 1}
    assert significance.difference(np.zeros(3)) == dict.fromkeys(significance.STATISTICS) | known


def test_one_difference_is_no_more_than_its_value() -> None:
    nothing = dict.fromkeys(significance.STATISTICS)
    assert significance.difference(np.array([])) == nothing | {"n": 0}
    assert significance.difference(np.array([1.5])) == nothing | {"n": 1, "difference": 1.5}
    assert np.isnan(significance.half_interval(np.array([np.nan, 1.0]), np.array([1, 0]))).all()


def test_differences_that_rounding_tells_apart_are_a_tie() -> None:
    measured = np.array([2.3 - 2.1, 0.1 - 0.3, 0.9 - 0.7, 0.5, 0.1 + 0.2 - 0.3])
    assert significance.wilcoxon(measured) == significance.wilcoxon(np.array([2.0, -2.0, 2.0, 5.0]))
    near, far, tie, none = (np.array([-1.0, each, 3.0]) for each in (1 + 4e-10, 1 + 4e-9, 1.0, 1.1))
    assert significance.wilcoxon(near) == significance.wilcoxon(tie)
    assert significance.wilcoxon(far) == significance.wilcoxon(none) != significance.wilcoxon(tie)


@given(step=st.floats(1e-6, 100), seeds=st.integers(2, 10))
def test_the_same_difference_on_each_seed_has_no_interval(step: float, seeds: int) -> None:
    base = np.random.default_rng(0).uniform(0, 2, seeds)
    row = significance.difference(base * step + step - base * step)
    assert [row[name] for name in ("half", "p_t", "effect")] == [None, None, None]
    assert row["difference"] == pytest.approx(step)
    assert row["p_wilcoxon"] == pytest.approx(2 / 2**seeds), "the signs alone"


def test_what_can_not_be_tested_counts_among_the_groups() -> None:
    assert significance.corrected([0.01, None, None], [5, 5, 1]) == [0.02, None, None]


def test_intervals_cover_and_corrected_comparisons_hold_their_level_in_simulated_sweeps() -> None:
    rng, sweeps, groups, seeds = np.random.default_rng(0), 2000, 4, 10
    covered = found = 0
    for _ in range(sweeps):
        shared = rng.normal(0, 0.5, seeds)  # what a seed's data does to all groups
        errors = 3 + shared + rng.normal(0, 0.4, (groups, seeds))
        row = significance.difference(errors[1] - errors[0])
        mean, half = row["difference"], row["half"]
        assert mean is not None and half is not None
        covered += abs(mean) <= half
        p_values = significance.holm([significance.difference(each - errors[0])["p_t"] for each in errors[1:]])
        found += any(p is not None and p < 0.05 for p in p_values)
    assert 0.93 <= covered / sweeps <= 0.97
    assert found / sweeps <= 0.05
