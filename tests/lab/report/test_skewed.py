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


def a_fifth(rng: np.random.Generator, n: int) -> np.ndarray:
    """Hardly learns."""
    hardly = rng.random((STUDIES, n)) < 0.2
    return np.where(hardly, rng.normal(50, 1, hardly.shape), rng.normal(2, 0.4, hardly.shape)) - 11.6


LOGNORMAL, NORMAL, LONG_TAILS, A_FIFTH = (  # of mean 0
    lambda rng, n: rng.lognormal(0, 1, (STUDIES, n)) - np.exp(0.5),
    lambda rng, n: rng.normal(0, 1, (STUDIES, n)),
    lambda rng, n: rng.standard_t(3, (STUDIES, n)),
    a_fifth,
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


def test_the_interval_is_that_of_scipy_s_bootstrap_and_the_same_in_any_order() -> None:
    values = np.exp(np.linspace(-2, 2.5, 20))
    low, high = skewed.interval(values)
    assert skewed.interval(np.random.default_rng(2).permutation(values)) == (low, high)
    level = 2 * stats.norm.cdf(stats.t.ppf(0.975, 19) * np.sqrt(20 / 19)) - 1
    other = stats.bootstrap((values,), np.mean, confidence_level=level, rng=np.random.default_rng(3))
    assert (low, high) == pytest.approx(tuple(other.confidence_interval), rel=0.03), "BCa is its default"
    assert skewed.interval(values * 1e300) == pytest.approx((low * 1e300, high * 1e300))
    assert high - values.mean() > 1.2 * (values.mean() - low)


@pytest.mark.parametrize(("n", "level"), [(10, 0.98285), (20, 0.96822), (50, 0.95766)])
def test_the_level_of_the_bootstrap_is_higher_for_few_values(n: int, level: float) -> None:
    assert skewed.expanded(n) == pytest.approx(level, abs=1e-4)


def held(values: np.ndarray, low: np.ndarray, high: np.ndarray, mean: float) -> float:
    return float(np.mean((low <= mean) & (mean <= high)))


def covered(values: np.ndarray, mean: float) -> tuple[float, float, float]:
    """How many of the intervals hold the true mean: by t, by the bootstrap (BCa), and by that expanded."""
    n = values.shape[1]
    half = stats.t.ppf(0.975, n - 1) * values.std(axis=1, ddof=1) / np.sqrt(n)
    middle = values.mean(axis=1)
    ends, draws = [(middle - half, middle + half)], np.random.default_rng(0)
    for level in 0.95, skewed.expanded(n):
        ends += [
            stats.bootstrap(
                (values,),
                np.mean,
                axis=1,
                confidence_level=level,
                n_resamples=999,
                batch=100,
                rng=draws,
            ).confidence_interval
        ]
    by_t, plain, expanded = (held(values, low, high, mean) for low, high in ends)
    return by_t, plain, expanded


@pytest.mark.parametrize(
    ("kind", "n", "expected"),
    [
        (LOGNORMAL, 10, (0.96, 0.96, 0.97)),
        (LOGNORMAL, 20, (0.92, 0.91, 0.94)),
        (LOGNORMAL, 50, (0.91, 0.93, 0.94)),
        (A_FIFTH, 20, (0.90, 1.00, 1.00)),
        (A_FIFTH, 50, (0.95, 0.98, 0.98)),
        (LONG_TAILS, 20, (0.98, 0.82, 0.86)),
    ],
)
def test_the_bootstrap_covers_the_mean_of_samples_that_are_skewed(
    kind: Kind, n: int, expected: tuple[float, float, float]
) -> None:
    """As the module says."""
    values = kind(np.random.default_rng(n), n)
    shown = values[[skewed.is_skewed(each) for each in values]]
    found = covered(shown, 0.0)
    assert found == pytest.approx(expected, abs=0.035)
    assert found[2] > found[0] or kind is LONG_TAILS


@pytest.mark.parametrize(("n", "plain", "expanded"), [(10, 0.91, 0.94), (20, 0.92, 0.94), (50, 0.94, 0.95)])
def test_of_normal_values_the_plain_bootstrap_covers_too_little(n: int, plain: float, expanded: float) -> None:
    found = covered(NORMAL(np.random.default_rng(n), n), 0.0)
    assert found == pytest.approx((0.95, plain, expanded), abs=0.015)
