"""The probability that a run is better than one of another group: beside scipy, and what its interval covers."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.report.improvement import IMPROVEMENT, improvement, interval

Tenths = st.lists(st.integers(0, 60).map(lambda count: count / 10), min_size=2, max_size=12)
STUDIES = 2000


@given(first=Tenths, second=Tenths, lost=st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_the_probability_is_u_over_the_number_of_pairs(
    first: list[float], second: list[float], lost: tuple[int, int]
) -> None:
    """With runs that diverged too, which are worse than any."""
    better, than = (np.array([*values, *n * [-np.inf]]) for values, n in zip((first, second), lost, strict=True))
    found = improvement(better, than)
    u = stats.mannwhitneyu(better, than).statistic
    assert found["improvement"] == pytest.approx(u / len(better) / len(than))
    back = improvement(than, better)
    low, middle, high = (1 - float(back[name] or 0) for name in ("improvement_high", "improvement", "improvement_low"))
    assert (found["improvement"], found["improvement_low"], found["improvement_high"]) == pytest.approx(
        (middle, low, high), abs=1e-9
    )


def test_what_rounding_tells_apart_is_a_tie() -> None:
    assert improvement(np.array([0.3, 0.3]), np.array([0.1 + 0.2, 0.1 + 0.2]))["improvement"] == 0.5


def test_a_single_run_says_nothing_of_a_probability() -> None:
    assert improvement(np.array([1.0]), np.array([1.0, 2.0, 3.0])) == dict.fromkeys(IMPROVEMENT)


@given(wins=st.integers(0, 400), n=st.integers(2, 20), m=st.integers(2, 20))
def test_the_interval_is_where_the_score_test_of_hanley_and_mcneil_s_error_ends(wins: int, n: int, m: int) -> None:
    probability = (wins % (n * m + 1)) / (n * m)
    low, high = interval(probability, n, m)
    assert 0 <= low <= probability <= high <= 1
    for theta in {low, high} - {0.0, 1.0}:
        if abs(theta - probability) < 1e-12:
            continue
        balanced = (n + m) / 2 - 1
        q1, q2 = theta / (2 - theta), 2 * theta**2 / (1 + theta)
        variance = theta * (1 - theta) + balanced * (q1 - theta**2 + q2 - theta**2)
        assert (probability - theta) ** 2 == pytest.approx(stats.norm.ppf(0.975) ** 2 * variance / (n * m), abs=1e-9)


Draws = Callable[[np.random.Generator, float, tuple[int, ...]], np.ndarray]


def normal(rng: np.random.Generator, probability: float, shape: tuple[int, ...]) -> np.ndarray:
    return rng.normal(stats.norm.ppf(probability) * 2**0.5, 1, shape)


def exponential(rng: np.random.Generator, probability: float, shape: tuple[int, ...]) -> np.ndarray:
    """Beside one of rate 1."""
    return rng.exponential(probability / (1 - probability), shape)


def pairs(draw: Draws, probability: float, n: int) -> np.ndarray:
    """By study, of each pair whether the first is better: (studies, n, n), 0 or 1."""
    rng = np.random.default_rng(n)
    first, second = draw(rng, probability, (STUDIES, n)), draw(rng, 0.5, (STUDIES, n))
    return (first[:, :, None] > second[:, None]).astype(float)


@pytest.mark.parametrize("draw", [normal, exponential])
@pytest.mark.parametrize("probability", [0.5, 0.7, 0.9, 0.97, 0.995])
@pytest.mark.parametrize("n", [5, 10, 20, 50])
def test_the_interval_holds_the_true_probability_near_1_too(draw: Draws, probability: float, n: int) -> None:
    measured = pairs(draw, probability, n).mean(axis=(1, 2))
    ends = {each: interval(each, n, n) for each in set(measured.tolist())}
    held = np.mean([ends[each][0] <= probability <= ends[each][1] for each in measured.tolist()])
    assert (0.935 if draw is normal else 0.905) < held <= 0.995


def test_the_interval_holds_it_where_figures_come_in_steps() -> None:
    rng = np.random.default_rng(0)
    wrong = np.arange(1001)
    for rate in 0.01, 0.013, 0.02:
        chances = stats.binom.pmf(wrong, 1000, rate)
        other = stats.binom.cdf(wrong - 1, 1000, 0.01) + stats.binom.pmf(wrong, 1000, 0.01) / 2
        true = float(chances @ other)
        found = [improvement(*(rng.binomial(1000, r, 10) * 1.0 for r in (rate, 0.01))) for _ in range(STUDIES)]
        held = [(each["improvement_low"] or 0) <= true <= (each["improvement_high"] or 0) for each in found]
        assert 0.935 < np.mean(held) <= 0.995


@pytest.mark.parametrize(("n", "probability", "about"), [(10, 0.5, 0.95), (5, 0.995, 0.09), (20, 0.995, 0.53)])
def test_a_stratified_bootstrap_would_not_near_1(n: int, probability: float, about: float) -> None:
    """Which rliable draws: it is exact about what it has not seen."""
    rng = np.random.default_rng(0)
    rows, columns = (rng.multinomial(n, [1 / n] * n, 1000) / n for _ in range(2))
    held = []
    for study in pairs(normal, probability, n)[:1000]:
        low, high = np.quantile(((rows @ study) * columns).sum(axis=1), [0.025, 0.975])
        held.append(low - 1e-12 <= probability <= high + 1e-12)
    assert np.mean(held) == pytest.approx(about, abs=0.04)
