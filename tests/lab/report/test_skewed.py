"""Figures far from normal: which are, beside scipy, and what covers the mean of such, by simulation."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.report import skewed

Kind = Callable[[np.random.Generator, int], np.ndarray]

STUDIES = 2000
LOGNORMAL, EXPONENTIAL, NORMAL, LONG_TAILS, WRONG_ITEMS = KINDS = (
    lambda rng, n: rng.lognormal(0, 1, (STUDIES, n)) / np.exp(0.5) - 1,
    lambda rng, n: rng.exponential(1, (STUDIES, n)) - 1,
    lambda rng, n: rng.normal(0, 1, (STUDIES, n)),
    lambda rng, n: rng.standard_t(3, (STUDIES, n)),
    lambda rng, n: rng.binomial(1000, 0.01, (STUDIES, n)) - 10.0,
)


@given(values=st.lists(st.floats(-50, 50).map(lambda value: round(value, 3)), min_size=8, max_size=60))
def test_skewed_is_what_scipy_says_is(values: list[float]) -> None:
    figures = np.array(values)
    if figures.std() > 1e-3:
        assert skewed.skewness(figures) == pytest.approx(stats.skew(figures), abs=1e-9)
        p = stats.skewtest(figures).pvalue
        if abs(p - skewed.RARE) > 1e-9:
            assert skewed.is_skewed(figures) == (p < skewed.RARE)
    assert not skewed.is_skewed(figures[:7]), "too few to say"


def test_of_the_same_values_and_of_values_that_nobody_reads_none_is_skewed() -> None:
    for figures in np.zeros(10), np.full(10, 3.1), np.array([1e308, -1e308] * 5):
        assert not skewed.is_skewed(figures)


def test_one_of_a_hundred_normal_samples_is_called_skewed_and_most_lognormal_ones() -> None:
    rng = np.random.default_rng(0)
    for n in 8, 10, 20, 50:
        assert np.mean([skewed.is_skewed(values) for values in NORMAL(rng, n)]) == pytest.approx(0.01, abs=0.007)
    assert np.mean([skewed.is_skewed(values) for values in LOGNORMAL(rng, 50)]) > 0.95


@given(values=st.lists(st.integers(0, 1000), min_size=8, max_size=40).filter(lambda values: len(set(values)) > 2))
def test_hall_s_interval_is_where_the_transformed_t_is_student_s(values: list[int]) -> None:
    figures = np.array(values) / 10
    n, mean, std = len(values), figures.mean(), figures.std(ddof=1)
    g = float(stats.skew(figures, bias=False))
    low, high = skewed.interval(figures)
    assert low < high
    for end, quantile in (low, stats.t.ppf(0.975, n - 1)), (high, stats.t.ppf(0.025, n - 1)):
        t = np.sqrt(n) * (mean - end) / std
        transformed = t + g * t**2 / (3 * np.sqrt(n)) + g**2 * t**3 / (27 * n) + g / (6 * np.sqrt(n))
        assert transformed == pytest.approx(quantile, abs=1e-6)


def test_without_skewness_it_is_student_s() -> None:
    figures = np.array([-3.0, -1.0, -0.5, 0.0, 0.0, 0.5, 1.0, 3.0])
    expected = stats.t.interval(0.95, 7, figures.mean(), stats.sem(figures))
    assert skewed.interval(figures) == pytest.approx(expected)


def covered(kind: Kind, n: int) -> tuple[float, float, float]:
    """How many of the intervals hold the true mean, 0: by t, by the bootstrap (BCa), and by Hall."""
    values = kind(np.random.default_rng(n), n)
    half = stats.t.ppf(0.975, n - 1) * values.std(axis=1, ddof=1) / np.sqrt(n)
    by_t = np.mean(np.abs(values.mean(axis=1)) <= half)
    some = values[:1000]
    found = stats.bootstrap(
        (some,), np.mean, axis=1, n_resamples=999, batch=100, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    by_bootstrap = np.mean((found.low <= 0) & (found.high >= 0))
    ends = [skewed.interval(each) for each in values]
    return float(by_t), float(by_bootstrap), float(np.mean([low <= 0 <= high for low, high in ends]))


@pytest.mark.parametrize(
    ("kind", "n", "by_t", "by_bootstrap", "by_hall"),
    [
        (LOGNORMAL, 10, 0.83, 0.82, 0.90),
        (LOGNORMAL, 20, 0.87, 0.87, 0.93),
        (LOGNORMAL, 50, 0.91, 0.91, 0.94),
        (EXPONENTIAL, 10, 0.90, 0.88, 0.95),
        (EXPONENTIAL, 50, 0.94, 0.94, 0.95),
        (NORMAL, 10, 0.95, 0.91, 0.95),
        (WRONG_ITEMS, 10, 0.95, 0.91, 0.95),
        (WRONG_ITEMS, 50, 0.95, 0.94, 0.95),
        (LONG_TAILS, 20, 0.95, 0.89, 0.93),
    ],
)
def test_hall_covers_the_mean_of_skewed_figures_better_than_t_and_the_bootstrap(
    kind: Kind, n: int, by_t: float, by_bootstrap: float, by_hall: float
) -> None:
    """As the module says."""
    found = covered(kind, n)
    assert found == pytest.approx((by_t, by_bootstrap, by_hall), abs=0.025)
    assert found[2] > max(found[:2]) - 0.01 or kind is LONG_TAILS
