import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.decision.stages import detected, stages


@given(st.integers(3, 2000), st.sampled_from([1, 4, 50]))
def test_they_rise_to_the_most(most: int, at_once: int) -> None:
    found = stages(most, at_once)
    assert list(found) == sorted({*found})
    assert all(seeds % at_once == 0 for seeds in found)
    assert found[-1] == max(1, most // at_once) * at_once
    assert len(found) <= 20
    if at_once == 1 and most > 6:
        assert found[0] == 6 or most < 9
        assert all(later <= 1.8 * earlier for earlier, later in itertools.pairwise(found))


def test_what_two_hundred_seeds_are() -> None:
    assert stages(200) == (6, 9, 12, 17, 24, 35, 49, 70, 99, 141, 200)
    assert stages(200, 50) == (50, 100, 150, 200)


def test_smaller_differences_are_found_later() -> None:
    found = detected(stages(200), 0.05, 0.8)
    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(0.21, abs=0.01), "a fixed plan of 200 finds 0.199"
