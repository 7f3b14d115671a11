import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.decision.look import detectable, look, power

# Below, numpy and scipy themselves lose the squares.
FIGURES = st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) > 1e-120)
VALUES = st.lists(FIGURES, min_size=3, max_size=40).map(np.array)


@given(VALUES)
def test_moments_are_scipys(values: np.ndarray) -> None:
    found = look(values)
    if found.std:
        assert found.std == pytest.approx(values.std(ddof=1), rel=1e-9)
        if found.std > 1e-3 * np.abs(values).max():  # else scipy itself warns that it can't tell
            scaled = values / np.abs(values).max()  # of 1e-112 scipy makes none
            assert found.skewness == pytest.approx(stats.skew(scaled, bias=False), rel=1e-6, abs=1e-9)


@given(VALUES, st.floats(1e-6, 0.3))
def test_the_interval_is_what_the_p_value_does_not_reject(values: np.ndarray, level: float) -> None:
    found = look(values)
    low, high = found.interval(level)
    assert low <= found.mean <= high
    if found.std > 1e-6 * np.abs(values).max():
        assert (found.p() <= level) == (not low <= 0 <= high) or abs(min(abs(low), abs(high))) < 1e-6 * found.std
        width = high - low
        for inside in (low + 1e-6 * width, high - 1e-6 * width):
            assert found._replace(mean=found.mean - inside).p() >= level * (1 - 1e-3)


@given(VALUES)
def test_p_is_never_below_students(values: np.ndarray) -> None:
    found = look(values)
    if found.std > 1e-6 * np.abs(values).max():
        assert found.p() >= stats.ttest_1samp(values, 0).pvalue * (1 - 1e-6)


def test_symmetric_differences_are_tested_by_student_alone() -> None:
    values = np.array([-1.0, 0.5, 1.0, 1.5, 3.0])
    assert look(values).p() == pytest.approx(stats.ttest_1samp(values, 0).pvalue)


@pytest.mark.parametrize("values", [[], [0.3], [0.3, 0.2], [0.1, 0.1, 0.1], [0.3, 0.1 + 0.2, 0.3]])
def test_without_a_spread_nothing_is_judged(values: list[float]) -> None:
    found = look(np.array(values))
    assert found.p() == 1.0
    assert found.interval(0.05) == (-np.inf, np.inf)


def test_power_is_what_a_simulation_has() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(0.6, 1, size=(20_000, 24))
    found = (stats.ttest_1samp(values, 0, axis=1).pvalue <= 0.01).mean()
    assert power(24, 0.6, 0.01) == pytest.approx(found, abs=0.015)
    assert power(24, detectable(24, 0.01, 0.8), 0.01) == pytest.approx(0.8)


def test_a_long_tail_that_few_seeds_have_not_shown_is_reckoned_with() -> None:
    """Of lognormal errors against a constant of the same mean: a plain t test finds something three times too often."""
    rng = np.random.default_rng(1)
    samples = np.exp(rng.normal(size=(3000, 12))) - np.exp(0.5)
    plain = (stats.ttest_1samp(samples, 0, axis=1).pvalue <= 0.01).mean()
    corrected = np.mean([look(values).p() <= 0.01 for values in samples])
    assert plain > 0.08
    assert corrected < plain / 2


def test_how_large_differences_are_is_no_matter() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    assert look(values * 1e-120).p() == pytest.approx(look(values).p())
    assert look(values * 1e120).p() == pytest.approx(look(values).p())
