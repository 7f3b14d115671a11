"""Calibration: intervals and counts against those that others compute."""

import numpy as np
import pytest
from matplotlib.container import BarContainer, ErrorbarContainer
from scipy.stats import binomtest

from src.experiments.pairs.calibration import calibration, reliability, wilson

rng = np.random.default_rng(0)


@pytest.mark.parametrize(("true", "n"), [(0, 1), (1, 1), (0, 40), (3, 10), (16, 16), (499, 1000)])
def test_an_interval_is_that_of_scipy(true: int, n: int) -> None:
    expected = binomtest(true, n).proportion_ci(method="wilson")
    low, high = wilson([true / n], [n])
    assert (low.item(), high.item()) == pytest.approx((expected.low, expected.high), abs=1e-7)


def test_a_calibrated_network_is_as_often_right_as_it_says() -> None:
    said = rng.random(200_000)
    found = reliability(said, (rng.random(200_000) < said).astype(float))
    assert found.counts.sum() == 200_000 and found.tenths.tolist() == list(range(10))
    np.testing.assert_allclose(found.said, found.happened, atol=1.5)


def test_what_is_drawn_is_what_happened_with_the_number_of_pairs_below() -> None:
    said = np.array([0.05] * 4 + [0.72] * 10 + [1.0] * 3)
    target = np.array([0, 0, 0, 1] + [1] * 7 + [0] * 3 + [1] * 3)
    figure = calibration({"head": said, "bayes": 1 - said}, target, "validation", "network 1 of 3 (seed 0)")
    above, head, bayes = figure.axes
    drawn = next(each for each in above.containers if isinstance(each, ErrorbarContainer))
    line, _, (bars,) = drawn.lines
    np.testing.assert_allclose(line.get_xydata(), [[5, 25], [72, 70], [100, 100]])
    expected = [binomtest(k, n).proportion_ci(method="wilson") for k, n in ((1, 4), (7, 10), (3, 3))]
    ends = [[100 * each.low, 100 * each.high] for each in expected]
    np.testing.assert_allclose([segment[:, 1] for segment in bars.get_segments()], ends, atol=1e-4)
    assert [text.get_text() for text in head.texts] == ["4", "10", "3"]
    (counts,) = (each for each in head.containers if isinstance(each, BarContainer))
    assert [bar.get_x() + bar.get_width() / 2 for bar in counts] == [5, 75, 95]
    assert [text.get_text() for text in bayes.texts] == ["3", "10", "4"]
    assert drawn.get_label() == f"head: ECE {(4 * 20 + 10 * 2) / 17:.1f}"
    assert above.get_ylabel().startswith("validation pairs") and "(%)" in bayes.get_xlabel()
    assert above.get_title(loc="left").endswith("network 1 of 3 (seed 0)")
