"""Errors, power and coverage over all looks, by simulation of whole studies."""

import numpy as np
import pytest

from src.lab.decision.contest import Question
from tests.long import whole_or

from .simulated import SHAPES, came, fixed_plan

TIMES = whole_or(400, 2000)
CHANCE = 3 * (0.05 * 0.95 / TIMES) ** 0.5  # three standard errors of a share of 5 %


@pytest.mark.long(keep=4)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("groups", [2, 5])
def test_where_there_is_no_difference_one_is_found_in_one_study_of_twenty(groups: int, shape: str) -> None:
    found = came(SHAPES[shape], groups, 0.0, Question(), TIMES)
    assert found.decided <= 0.05 + CHANCE


@pytest.mark.parametrize("shape", ["normal", "skewed", "discrete"])
def test_where_there_is_one_it_takes_fewer_seeds_than_a_fixed_plan_and_its_interval_holds(shape: str) -> None:
    found = came(SHAPES[shape], 2, 0.25, Question(), TIMES)
    assert found.decided > 0.85
    assert found.covered >= 0.95 - CHANCE
    assert found.seeds < 0.8 * fixed_plan(0.25, found.decided)


@pytest.mark.parametrize("groups", [2, 3])
def test_a_difference_as_large_as_the_margin_is_taken_to_be_within_it_in_one_study_of_twenty(groups: int) -> None:
    question = Question(margin=0.5 * 2**0.5, most=100)
    found = came(SHAPES["normal"], groups, 0.5, question, TIMES)
    assert found.within <= 0.05 + CHANCE


def test_few_seeds_hold_the_level_too() -> None:
    shares = [came(SHAPES[shape], 2, 0.0, Question(most=10), TIMES).decided for shape in SHAPES]
    assert np.max(shares) <= 0.05 + CHANCE
