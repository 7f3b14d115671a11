"""Figures of the pairs: what is drawn is what is true of the digits and the network."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from src.experiments.pairs import figures
from src.lab.dashboard import style

Array = NDArray[np.float64]
rng = np.random.default_rng(0)


def pairs(n: int = 40) -> tuple[Array, NDArray[np.int64]]:
    return rng.random((n, 2, 14, 14)), rng.integers(0, 10, (n, 2))


def labelled(figure: Figure) -> bool:
    return all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)


def test_the_pairs_judged_wrong_are_counted_and_the_surest_come_first() -> None:
    images, classes = pairs()
    said = np.where(classes[:, 0] <= classes[:, 1], 0.9, 0.1)
    said[3], said[8] = 1 - said[3], 0.501 if said[8] < 0.5 else 0.499
    figure = figures.wrong_pairs(images, classes, said, classes)
    assert figure.axes[0].get_title(loc="left").startswith("2 of 40 test pairs judged wrong")
    first, second = (text.get_text() for text in figure.axes[0].texts)
    assert f"P {said[3]:.2f}" in first and f"P {said[8]:.2f}" in second
    assert f"read {classes[3, 0]}, {classes[3, 1]}" in first


def test_nothing_wrong_is_drawn_too() -> None:
    images, classes = pairs()
    figure = figures.wrong_pairs(images, classes, (classes[:, 0] <= classes[:, 1]).astype(float))
    assert figure.axes[0].get_title(loc="left").startswith("0 of 40")
    assert style.png(figure)


def test_confusion_counts_which_digit_is_taken_for_which() -> None:
    figure = figures.confusion({"Shared net": ([1, 1, 7, 7], [1, 7, 7, 7]), "Other": ([0], [0])})
    shared, other = figure.axes
    (image,) = shared.images
    mistakes = np.asarray(image.get_array())
    assert mistakes[1, 7] == mistakes.sum() == 1
    assert shared.get_title(loc="left") == "Shared net: 1 of 4 test digits read wrong"
    assert {text.get_text() for text in shared.texts} == {"1", "2"}
    assert labelled(figure)
    assert len(other.texts) == 1
    assert image.get_clim() == other.images[0].get_clim(), "a colour is the same number in both"


def test_of_many_that_are_wrong_it_is_said_how_many_are_shown() -> None:
    images, classes = pairs(26)
    said = np.where(classes[:, 0] <= classes[:, 1], 0.1, 0.9)
    figure = figures.wrong_pairs(images, classes, said, which="network 1 of 3 (seed 0)")
    title = figure.axes[0].get_title(loc="left")
    assert title.splitlines() == [
        "26 of 26 test pairs judged wrong: 18 of 26 shown, the surest first",
        "P: the network's P(first ≤ second); network 1 of 3 (seed 0)",
    ]
    assert len(figure.axes[0].texts) == 18


def test_mosaics_keep_each_image_whole() -> None:
    images = rng.random((5, 3, 4))
    canvas = figures.mosaic(images, columns=2, fill=-1)
    assert canvas.shape == (3 * 4 - 1, 2 * 5 - 1)
    np.testing.assert_array_equal(canvas[4:7, 5:9], images[3])
    assert (canvas[3] == -1).all()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.filters(rng.random((64, 2, 3, 3))),
        lambda: figures.augmented(rng.random((10, 14, 14)), rng.random((10, 14, 14))),
    ],
)
def test_figures_are_png_files_on_paper_of_their_own(draw: Callable[[], Figure]) -> None:
    figure = draw()
    assert style.png(figure).startswith(b"\x89PNG")
    assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    assert any(isinstance(child, AxesImage) for child in figure.axes[0].get_children())
