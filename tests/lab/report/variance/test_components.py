"""Components of variance: beside a calculation by hand, and in simulated studies of which the truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.report.significance import Values
from src.lab.report.variance import components as parts
from src.lab.report.variance.components import Split
from tests.long import whole_or

STUDIES = 2000
DRAWS = 2000  # of the intervals of each

# A cross of three by four, by hand: row means 2, 4 and 6, column means 2, 3, 5 and 6, all in all 4.
BY_HAND = np.array([[0.0, 2.0, 2.0, 4.0], [3.0, 1.0, 6.0, 6.0], [3.0, 6.0, 7.0, 8.0]])


def test_mean_squares_and_components_are_those_of_a_calculation_by_hand() -> None:
    """Sums of squares: rows 4 (2² + 0 + 2²) = 32 with 2 degrees of freedom, columns 3 (2² + 1² + 1² + 2²) = 30 with 3,
    all in all 72 about the mean 4, so 10 with 6 are left. A = (16 - 5/3) / 4, B = (10 - 5/3) / 3.
    """
    squares = parts.mean_squares(BY_HAND)
    assert squares == pytest.approx([16, 10, 10 / 6])
    assert parts.components(squares, 3, 4) == pytest.approx([43 / 12, 25 / 9, 5 / 3])
    split = Split(BY_HAND)
    assert split.variances.value == pytest.approx([43 / 12, 25 / 9, 5 / 3])
    assert split.shares.value.sum() == pytest.approx(1)


@given(rows=st.integers(2, 6), columns=st.integers(2, 6), seed=st.integers(0, 1000))
def test_mean_squares_are_those_of_least_squares(rows: int, columns: int, seed: int) -> None:
    """What is left by a linear model of the factors, with numpy's own least squares; each alone, and both."""
    values = np.random.default_rng(seed).normal(size=(rows, columns))
    i, j = (each.ravel() for each in np.indices(values.shape))

    def left(*factors: Values) -> float:
        design = np.column_stack([np.ones(values.size), *(np.eye(each.max() + 1)[each] for each in factors)])
        fitted = design @ np.linalg.lstsq(design, values.ravel(), rcond=None)[0]
        return float(((values.ravel() - fitted) ** 2).sum())

    expected = np.array([left(j) - left(i, j), left(i) - left(i, j), left(i, j)]) / parts.degrees(rows, columns)
    assert parts.mean_squares(values) == pytest.approx(expected, abs=1e-9)


def studies(rows: int, columns: int, truth: Values) -> Values:
    rng = np.random.default_rng(0)
    sizes = ((STUDIES, rows, 1), (STUDIES, 1, columns), (STUDIES, rows, columns))
    return 3 + sum(std * rng.normal(size=size) for std, size in zip(np.sqrt(truth), sizes, strict=True))


@pytest.mark.parametrize("shape", [(4, 4), (3, 10), (10, 10)])
@pytest.mark.parametrize("truth", [(1, 1, 1), (0, 1, 1), (4, 0.1, 1), (0.1, 4, 1), (0, 0, 1), (0.2, 0.2, 1)])
def test_components_are_unbiased(shape: tuple[int, int], truth: tuple[float, ...]) -> None:
    squares = parts.mean_squares(studies(*shape, np.array(truth)))
    found = parts.components(squares, *shape)
    error = found.std(axis=0, ddof=1) / STUDIES**0.5
    assert (np.abs(found.mean(axis=0) - truth) < 3.5 * error).all()


@pytest.mark.long(keep=3)
@pytest.mark.parametrize("truth", [(1, 1, 1), (0, 1, 1), (4, 0.1, 1), (0.1, 4, 1), (0, 0, 1), (0.2, 0.2, 1)])
@pytest.mark.parametrize("shape", [(4, 4), (3, 10), (10, 10)])
def test_intervals_cover_the_truth(
    shape: tuple[int, int], truth: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of components, of shares, and of half intervals of means; 95 % is nominal, and at the bounds it is more or, of
    the rest's share where there is nothing else, 88 %.
    """
    monkeypatch.setattr(parts, "DRAWS", DRAWS)
    means = [(1, 10, 10), (10, 10, 10), (10, 1, 10)]
    known = np.array(truth)
    half = [1.959964 * (known @ [1 / n for n in each]) ** 0.5 for each in means]
    expected = np.concatenate([known, known / known.sum(), half])
    covered = np.zeros(len(expected))
    some = studies(*shape, known)[: whole_or(500, STUDIES)]
    for values in some:
        split = Split(values)
        each = [split.variances, split.shares, *(split.half(*mean) for mean in means)]
        low, high = (np.hstack([end[place] for end in each]) for place in (1, 2))
        covered += (low <= expected + 1e-9) & (expected - 1e-9 <= high)
    rate = covered / len(some)
    assert (rate[:5] > 0.925).all() and (rate[6:] > 0.9).all(), rate
    assert rate[5] > 0.86, rate
    assert (rate[known.nonzero()[0]] < 0.985).all(), "not by being too wide"


def test_a_part_that_is_estimated_below_zero_is_zero() -> None:
    values = np.random.default_rng(5).normal(size=(5, 6)) + 10 * np.arange(6)
    values -= values.mean(axis=1, keepdims=True)  # rows are more alike than chance makes them
    split = Split(values)
    assert split.unclipped[0] < 0
    assert split.variances.value[0] == split.shares.value[0] == split.variances.low[0] == 0
    assert split.variances.high[0] >= 0
    assert split.largest[0] == 1 and split.largest[1] > 0.99


@given(rows=st.integers(2, 6), columns=st.integers(2, 6), seed=st.integers(0, 1000))
def test_more_of_either_is_never_worse_and_intervals_hold_their_figure(rows: int, columns: int, seed: int) -> None:
    split = Split(np.random.default_rng(seed).normal(size=(rows, columns)))
    one, ten = split.half(1, 10, 10), split.half(10, 10, 10)
    assert ten.value <= one.value
    for each in one, ten, split.variances:
        assert (each.low <= each.value).all() and (each.value <= each.high).all()
