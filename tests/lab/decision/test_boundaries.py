import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from src.lab.decision import boundaries
from src.lab.decision.boundaries import levels, repeated_p, spent

LOOKS = 6, 9, 12, 17, 24, 35, 49, 70, 99, 141, 200


def test_with_time_in_the_seeds_these_are_the_published_boundaries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lan and DeMets' for five equal looks, as every textbook lists them."""

    def in_seeds(alpha: float, share: np.ndarray) -> np.ndarray:
        return 4 * ndtr(ndtri(alpha / 4) / np.sqrt(np.maximum(share, 1e-12)))

    monkeypatch.setattr(boundaries, "spent", in_seeds)
    found = -ndtri(levels.__wrapped__((1, 2, 3, 4, 5), 5, 0.05) / 2)
    assert found == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-4)


def test_as_many_walks_leave_at_each_look_as_are_to_be_spent() -> None:
    rng = np.random.default_rng(0)
    looks = np.array(LOOKS)
    walks = rng.normal(size=(400_000, len(looks))) * np.sqrt(np.diff(looks, prepend=0))
    z = walks.cumsum(axis=1) / np.sqrt(looks)
    outside = 2 * ndtr(-np.abs(z)) <= levels(LOOKS, 200, 0.05)
    left = np.array([outside[:, : k + 1].any(axis=1).mean() for k in range(len(looks))])
    assert left == pytest.approx(spent(0.05, looks / 200), abs=0.0012)
    assert left[-1] == pytest.approx(0.05, abs=0.0012)


def test_a_single_look_at_the_end_has_all_of_it() -> None:
    assert levels((50,), 50, 0.05)[0] == pytest.approx(0.05, rel=1e-6)
    assert levels((45,), 50, 0.05)[0] < 0.05, "of fewer seeds than were planned not all of it"


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=8, unique=True).map(sorted),
    st.floats(0.001, 0.3),
    st.floats(0.2, 0.9),
)
def test_a_smaller_error_has_smaller_levels_and_later_looks_change_no_earlier_ones(
    counts: list[int], alpha: float, part: float
) -> None:
    looks = tuple(counts)
    found = levels(looks, 300, alpha)
    assert (levels(looks, 300, alpha * part) <= found * (1 + 1e-6)).all()
    assert levels(looks[:1], 300, alpha)[0] == pytest.approx(found[0], rel=1e-6)
    assert (found > 0).all() and found.sum() >= 0 and found.max() <= alpha * (1 + 1e-6)


@given(st.floats(1e-5, 0.5), st.integers(1, len(LOOKS)))
def test_the_repeated_p_value_is_the_error_at_which_the_look_would_decide(alpha: float, n: int) -> None:
    level = float(levels(LOOKS[:n], 200, alpha)[-1])
    if level > 1e-15:  # below, no float tells it
        assert repeated_p(level, LOOKS[:n], 200) == pytest.approx(alpha, rel=0.03)


def test_p_values_that_are_nothing_are_the_least_that_is_said() -> None:
    assert repeated_p(0.0, LOOKS[:4], 200) == pytest.approx(1e-6)
    assert repeated_p(1.0, LOOKS[:4], 200) == pytest.approx(1.0)
