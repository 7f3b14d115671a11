"""How figures are rounded on paper: an interval keeps two digits, and what is decided can be read off."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from src.lab.report.paper.digits import digits, places, shown

figures = st.floats(-1e15, 1e15, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-12)
halves = st.floats(1e-12, 1e12)


def summary(rows: list[tuple[float, float | None]]) -> pl.DataFrame:
    columns = {"group": [str(i) for i in range(len(rows))], "mean": [mean for mean, _ in rows]}
    half = pl.Series([half for _, half in rows], dtype=pl.Float64)
    return pl.DataFrame(columns).with_columns(half=half, std=pl.lit(None, pl.Float64))


@given(rows=st.lists(st.tuples(figures, st.none() | halves), min_size=2, max_size=6), unit=st.sampled_from(["", "%"]))
@example(rows=[(0.449, 0.2), (0.451, 3.0), (0.45, 200.0)], unit="")
@example(rows=[(1.2345678e12, 1e11), (1.2345679e12, 1e11)], unit="s")
@example(rows=[(1e-11, 0.5), (3e-11, 0.5)], unit="%")
@example(rows=[(-9.95e14, None), (-999999999999998.0, None)], unit="")
def test_figures_of_which_a_difference_is_decided_are_printed_in_their_order(
    rows: list[tuple[float, float | None]], unit: str
) -> None:
    means = [mean for mean, _ in rows]
    assume(not any(math.isclose(means[0], mean) for mean in means[1:]))
    after = digits(summary(rows), "0", {str(i) for i in range(1, len(rows))}, unit)
    printed = [float(shown(mean, after[str(i)])) for i, mean in enumerate(means)]
    assert [np.sign(each - printed[0]) for each in printed] == [np.sign(each - means[0]) for each in means]


@given(half=halves, unit=st.sampled_from(["", "%"]))
def test_an_interval_keeps_two_digits_that_count(half: float, unit: str) -> None:
    printed = float(shown(half, places(half, unit)))
    assert printed == pytest.approx(half, rel=0.05)
    if unit == "%" and 1 <= half < 1e9:
        assert shown(half, places(half, unit)) == f"{half:.2f}", "as percentages are elsewhere"


def test_digits_are_those_of_the_interval_unless_more_decide() -> None:
    rows = [(1.874, 0.33), (1.9, 0.4), (2.31, 4.2)]
    assert digits(summary(rows), "0", set()) == {"0": 2, "1": 2, "2": 1}
    close = summary([(1.8741, 0.33), (1.8743, 0.4), (9.0, 4.2)])
    assert digits(close, "0", {"1", "2"}) == {"0": 4, "1": 4, "2": 1}, "a difference that is the same on each seed"
    assert digits(summary([(1.87, 0.33), (1.87, 0.4)]), "0", {"1"}) == {"0": 2, "1": 2}, "nothing can tell them apart"
    assert digits(summary([(250.0, None), (3e10, 2e9)]), None, set()) == {"0": -1, "1": -8}
    assert (shown(250.0, -1), shown(3e10, -8), shown(-0.5, 2, "+")) == ("250", "3.00e+10", "-0.50")
