"""Profiles as they are drawn: the steps and bands that they are given, in the direction of the metric."""

import numpy as np
import pytest

from src.lab.records.metrics import Axis, Meaning
from src.lab.report.estimates import Estimate
from src.lab.report.over.profiles import profiles

LEVELS = np.array([1.0, 2.0, 4.0])
PERCENT = Axis("test/miss", Meaning("%", "lower"))


def estimate(value: list[float]) -> Estimate:
    found = np.array(value)
    return Estimate(found, found - 0.1, found + 0.05)


def test_each_row_is_a_step_at_every_level_with_its_band() -> None:
    rows = {"wide": estimate([0.5, 0.75, 1.0]), "_plain": estimate([0.0, 0.25, 0.5])}
    (ax,) = profiles(rows, LEVELS, PERCENT, 3).axes
    lines = ax.get_lines()
    assert [line.get_ydata().tolist() for line in lines] == [[0.5, 0.75, 1.0], [0.0, 0.25, 0.5]]  # type: ignore[union-attr]
    assert {line.get_drawstyle() for line in lines} == {"steps-post"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["wide", "plain"]  # type: ignore[union-attr]
    band = ax.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((0.4, 1.05))  # type: ignore[index]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("test miss (%)", "share of runs at most this")
    assert ax.get_title(loc="left") == "Runs on 3 tasks, with 95 % bands"


def test_where_higher_is_better_it_is_the_share_above() -> None:
    (ax,) = profiles({"wide": estimate([1.0, 0.5, 0.0])}, LEVELS, Axis("r2", Meaning("", "higher")), 2).axes
    assert ax.get_ylabel() == "share of runs above this"


def test_of_many_rows_the_first_are_drawn_and_that_is_said() -> None:
    (ax,) = profiles({f"{i}": estimate([0.0, 0.5, 1.0]) for i in range(9)}, LEVELS, PERCENT, 2).axes
    assert len(ax.get_lines()) == 7
    assert ax.get_title(loc="left").endswith(", 7 of 9 rows")
