"""Figures have the right elements: what is drawn is what is true of the data."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from src.experiments.disk import figures as disk_figures
from src.experiments.pairs import figures as pairs_figures
from src.lab.dashboard import style
from src.lab.records.curves import Band
from src.lab.report import compare
from src.lab.report import figures as report_figures

Array = NDArray[np.float64]
RADIUS = disk_figures.RADIUS
rng = np.random.default_rng(0)


def square(side: int) -> Array:
    """The true score of a regular grid: how far inside the circle, `(side, side)`, rows along y."""
    x, y = np.meshgrid(*2 * [np.linspace(0, 1, side)])
    scores: Array = RADIUS - np.hypot(x - 0.5, y - 0.5)
    return scores


def points(n: int = 300) -> tuple[Array, NDArray[np.bool_]]:
    xy = rng.random((n, 2))
    return xy, np.hypot(*(xy - 0.5).T) < RADIUS


def pairs(n: int = 40) -> tuple[Array, NDArray[np.int64]]:
    return rng.random((n, 2, 14, 14)), rng.integers(0, 10, (n, 2))


def labelled(figure: Figure) -> bool:
    return all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)


def test_the_boundary_of_a_perfect_classifier_is_the_true_circle() -> None:
    side = 41
    xy, inside = points()
    figure = disk_figures.decisions(xy, inside, inside, square(side))
    (ax,) = figure.axes
    assert ax.get_title(loc="left") == "0 of 300 test points judged wrong"
    (contour,) = (each for each in ax.collections if type(each).__name__ == "QuadContourSet")
    boundary = np.concatenate([path.vertices for path in contour.get_paths()])
    assert len(boundary) > side
    assert np.abs(np.hypot(*(boundary - 0.5).T) - RADIUS).max() < 1 / (side - 1)
    (circle,) = ax.patches
    assert (circle.center, circle.radius) == ((0.5, 0.5), RADIUS)  # type: ignore[attr-defined]


def test_right_and_wrong_points_are_drawn_apart() -> None:
    xy, inside = points()
    judged = inside.copy()
    judged[:7] = ~judged[:7]
    figure = disk_figures.decisions(xy, inside, judged, square(21), "validation")
    drawn = {str(each.get_label()): len(each.get_offsets()) for each in figure.axes[0].collections}  # type: ignore[arg-type]
    right = {"right, judged inside": (inside & judged).sum(), "right, judged outside": (~inside & ~judged).sum()}
    assert {name: drawn[name] for name in (*right, "wrong")} == {**right, "wrong": 7}
    assert figure.axes[0].get_title(loc="left") == "7 of 300 validation points judged wrong"
    assert labelled(figure)


def test_a_network_that_judges_all_alike_has_no_boundary() -> None:
    xy, inside = points()
    figure = disk_figures.decisions(xy, inside, np.ones(300, bool), np.ones((5, 5)))
    assert not [each for each in figure.axes[0].collections if type(each).__name__ == "QuadContourSet"]


def test_hyperplanes_are_where_a_unit_changes_sign() -> None:
    xy, inside = points()
    weights, bias = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]), np.array([-0.25, -1.0, 5.0])
    figure = disk_figures.hyperplanes(xy, inside, weights, bias)
    lines = [line.get_xydata() for line in figure.axes[0].lines]
    assert len(lines) == 2, "the third passes the square by"
    np.testing.assert_allclose(lines[0], [[0.25, 0], [0.25, 1]])
    np.testing.assert_allclose(lines[1], [[0, 1], [1, 0]])
    assert figure.axes[0].get_title(loc="left").startswith("2 of the first layer's 3")


def test_the_map_is_the_right_way_up() -> None:
    scores = np.zeros((3, 3))
    scores[2, 0] = 1.0  # the upper left corner
    (image,) = disk_figures.output_map(scores).axes[0].images
    assert (image.origin, image.get_extent()) == ("lower", [0, 1, 0, 1])
    assert image.get_clim() == (-1.0, 1.0), "white is the threshold"


def test_history_has_the_band_over_networks() -> None:
    names = ("train/loss", "val/loss", "train/error", "val/error")
    curves = {name: ([10, 20], [3.0, 2.0], [1.0, 0.5]) for name in names}
    loss, error = disk_figures.history(curves, runs=5).axes
    assert error.get_ylabel() == "error (%)"
    assert loss.get_xlabel() == "epochs"
    band = loss.collections[0].get_paths()[0].vertices
    assert {(10.0, 2.0), (10.0, 4.0), (20.0, 1.5), (20.0, 2.5)} <= set(map(tuple, band))
    assert not disk_figures.history(curves).axes[0].collections


def test_the_pairs_judged_wrong_are_counted_and_the_surest_come_first() -> None:
    images, classes = pairs()
    chance = np.where(classes[:, 0] <= classes[:, 1], 0.9, 0.1)
    chance[3], chance[8] = 1 - chance[3], 0.501 if chance[8] < 0.5 else 0.499
    figure = pairs_figures.wrong_pairs(images, classes, chance, classes)
    assert figure.axes[0].get_title(loc="left").startswith("2 of 40 test pairs judged wrong")
    first, second = (text.get_text() for text in figure.axes[0].texts)
    assert f"P {chance[3]:.2f}" in first and f"P {chance[8]:.2f}" in second
    assert f"read {classes[3, 0]}, {classes[3, 1]}" in first


def test_nothing_wrong_is_drawn_too() -> None:
    images, classes = pairs()
    figure = pairs_figures.wrong_pairs(images, classes, (classes[:, 0] <= classes[:, 1]).astype(float))
    assert figure.axes[0].get_title(loc="left").startswith("0 of 40")
    assert style.png(figure)


def test_confusion_counts_which_digit_is_taken_for_which() -> None:
    figure = pairs_figures.confusion({"Shared net": ([1, 1, 7, 7], [1, 7, 7, 7]), "Other": ([0], [0])})
    shared, other = figure.axes
    (image,) = shared.images
    mistakes = np.asarray(image.get_array())
    assert mistakes[1, 7] == mistakes.sum() == 1
    assert shared.get_title(loc="left") == "Shared net: 1 of 4 read wrong"
    assert {text.get_text() for text in shared.texts} == {"1", "2"}
    assert labelled(figure)
    assert len(other.texts) == 1


def test_a_calibrated_network_is_as_often_right_as_it_says() -> None:
    chance = rng.random(200_000)
    said, happened, counts = pairs_figures.reliability(chance, (rng.random(200_000) < chance).astype(float))
    assert counts.sum() == 200_000
    np.testing.assert_allclose(said, happened, atol=1.5)
    figure = pairs_figures.calibration({"head": chance}, rng.random(200_000) < chance)
    assert "(%)" in figure.axes[0].get_xlabel() and "(%)" in figure.axes[0].get_ylabel()


def test_mosaics_keep_each_image_whole() -> None:
    images = rng.random((5, 3, 4))
    canvas = pairs_figures.mosaic(images, columns=2, fill=-1)
    assert canvas.shape == (3 * 4 - 1, 2 * 5 - 1)
    np.testing.assert_array_equal(canvas[4:7, 5:9], images[3])
    assert (canvas[3] == -1).all()


def runs() -> pl.DataFrame:
    rows = [
        {
            "group": group,
            "seed": seed,
            "status": "completed",
            "test/error": error + seed,
            "parameters": 1,
            "seconds": 1.0,
            "epochs": 2,
        }
        for group, error in (("ws", 5.0), ("basic", 9.0))
        for seed in range(4)
    ]
    return pl.DataFrame(rows)


def test_every_seed_is_a_dot_and_the_best_group_comes_first() -> None:
    table = compare.summary(runs(), "test/error")
    (ax,) = report_figures.seeds(runs(), table, "test/error").axes
    dots = [sorted(line.get_xdata()) for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert dots == [[5, 6, 7, 8], [9, 10, 11, 12]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["ws (n = 4)", "basic (n = 4)"]
    means = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D" and len(line.get_xdata())]
    assert means == [6.5, 10.5]
    assert ax.get_xlabel() == "test error (%)"


def test_curves_have_a_line_and_a_band_for_each_group() -> None:
    band = Band(np.arange(3), np.array([3.0, 2.0, 1.0]), np.array([1.0, 0.5, 0.5]))
    (ax,) = report_figures.curves({"ws": band, "basic": band}, "val/error").axes
    assert len(ax.lines) == len(ax.collections) == 2
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]  # type: ignore[union-attr]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epochs", "val error (%)")


def test_an_error_is_drawn_against_the_learning_rate_a_line_a_model() -> None:
    found = pl.concat(
        runs().with_columns(pl.lit(f"{model} optimizer.lr={lr}").alias("group"), pl.col("test/error") + lr)
        for model in ("disk_tanh", "disk_relu")
        for lr in (0.01, 0.1, 1.0)
    ).unique(["group", "seed"])
    table = compare.summary(found, "test/error")
    assert report_figures.numeric_keys(table["group"]) == ["optimizer.lr"]
    (ax,) = report_figures.against(found, table, "optimizer.lr", "test/error").axes
    lines = {str(each.get_label()): each.lines[0].get_xdata().tolist() for each in ax.containers}  # type: ignore[attr-defined]
    assert lines == {"disk_relu": [0.01, 0.1, 1.0], "disk_tanh": [0.01, 0.1, 1.0]}
    assert ax.get_xscale() == "log"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: pairs_figures.filters(rng.random((64, 2, 3, 3))),
        lambda: pairs_figures.augmented(rng.random((10, 14, 14)), rng.random((10, 14, 14))),
        lambda: disk_figures.output_map(square(11)),
    ],
)
def test_figures_are_png_files_on_paper_of_their_own(draw: Callable[[], Figure]) -> None:
    figure = draw()
    assert style.png(figure).startswith(b"\x89PNG")
    assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    assert any(isinstance(child, AxesImage) for child in figure.axes[0].get_children())
