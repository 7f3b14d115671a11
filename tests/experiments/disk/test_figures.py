"""Figures of the disk: what is drawn is what is true of the points and the network."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from src.experiments.disk import figures
from src.experiments.disk.curves import history
from src.experiments.disk.schema import RADIUS
from src.lab.dashboard import style

Array = NDArray[np.float64]
rng = np.random.default_rng(0)


def square(side: int) -> Array:
    """The true score of a regular grid: how far inside the circle, `(side, side)`, rows along y."""
    x, y = np.meshgrid(*2 * [np.linspace(0, 1, side)])
    scores: Array = RADIUS - np.hypot(x - 0.5, y - 0.5)
    return scores


def points(n: int = 300) -> tuple[Array, NDArray[np.bool_]]:
    xy = rng.random((n, 2))
    return xy, np.hypot(*(xy - 0.5).T) < RADIUS


def labelled(figure: Figure) -> bool:
    return all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)


def test_the_boundary_of_a_perfect_classifier_is_the_true_circle() -> None:
    side = 41
    xy, inside = points()
    figure = figures.decisions(xy, inside, inside, square(side))
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
    figure = figures.decisions(xy, inside, judged, square(21), "validation")
    drawn = {str(each.get_label()): len(each.get_offsets()) for each in figure.axes[0].collections}  # type: ignore[arg-type]
    right = {"right, judged inside": (inside & judged).sum(), "right, judged outside": (~inside & ~judged).sum()}
    assert {name: drawn[name] for name in (*right, "wrong")} == {**right, "wrong": 7}
    assert figure.axes[0].get_title(loc="left") == "7 of 300 validation points judged wrong"
    assert labelled(figure)


def test_a_network_that_judges_all_alike_has_no_boundary() -> None:
    xy, inside = points()
    figure = figures.decisions(xy, inside, np.ones(300, bool), np.ones((5, 5)))
    assert not [each for each in figure.axes[0].collections if type(each).__name__ == "QuadContourSet"]


def test_hyperplanes_are_where_a_unit_changes_sign() -> None:
    xy, inside = points()
    weights, bias = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]), np.array([-0.25, -1.0, 5.0])
    figure = figures.hyperplanes(xy, inside, weights, bias)
    lines = [line.get_xydata() for line in figure.axes[0].lines if len(line.get_xdata())]  # type: ignore[arg-type]
    assert len(lines) == 2, "the third passes the square by"
    np.testing.assert_allclose(lines[0], [[0.25, 0], [0.25, 1]])
    np.testing.assert_allclose(lines[1], [[0, 1], [1, 0]])
    assert figure.axes[0].get_title(loc="left").startswith("2 of the first layer's 3")


def test_the_map_is_the_right_way_up() -> None:
    scores = np.zeros((3, 3))
    scores[2, 0] = 1.0  # the upper left corner
    (image,) = figures.output_map(scores).axes[0].images
    ax = image.axes
    assert ax is not None and (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 1))
    assert (image.origin, image.get_extent()) == ("lower", [-0.25, 1.25] * 2), "the corners are middles of pixels"
    assert image.get_clim() == (-1.0, 1.0), "white is the threshold"


def test_history_has_the_band_over_networks() -> None:
    names = ("train/loss", "val/loss", "train/error", "val/error")
    curves = {name: ([10, 20], [3.0, 2.0], [1.0, 0.5]) for name in names}
    figure = history(curves, runs=5)
    loss, error = figure.axes
    assert figure.get_suptitle() == "Mean ± std over 5 networks"
    assert error.get_ylabel() == "error (%)"
    assert loss.get_xlabel() == "epochs"
    band = loss.collections[0].get_paths()[0].vertices
    assert {(10.0, 2.0), (10.0, 4.0), (20.0, 1.5), (20.0, 2.5)} <= set(map(tuple, band))
    assert not history(curves).axes[0].collections
    assert all(x == round(x) for x in loss.get_xticks()), "epochs are whole numbers"
    said = history(curves, 50, kept=[50, 48, 48]).get_suptitle()
    assert said == "Mean ± std over 48 to 50 of 50 networks: the others diverged"
    assert history(curves, 50, kept=[48, 48]).get_suptitle().startswith("Mean ± std over 48 of 50 networks")
    assert history(curves, 50, kept=[50, 50]).get_suptitle() == "Mean ± std over 50 networks"


def test_a_figure_says_which_of_several_networks_it_shows() -> None:
    xy, inside = points()
    which, weights = "network 1 of 50 (seed 7)", np.array([[1.0, 0.0]])
    drawn = [
        figures.decisions(xy, inside, inside, square(21), which=which),
        figures.output_map(square(21), which),
        figures.hyperplanes(xy, inside, weights, np.array([-0.5]), which),
    ]
    assert [figure.axes[0].get_title(loc="left").splitlines()[1] for figure in drawn] == 3 * [which]


def test_no_part_of_the_map_s_sheet_is_left_blank() -> None:
    figure = figures.output_map(square(21))
    figure.draw_without_rendering()
    box = figure.axes[0].get_window_extent().transformed(figure.transFigure.inverted())
    assert box.width > 0.7 and box.height > 0.75


def test_a_map_is_a_png_file_on_paper_of_its_own() -> None:
    figure = figures.output_map(square(11))
    assert style.png(figure).startswith(b"\x89PNG")
    assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    assert any(isinstance(child, AxesImage) for child in figure.axes[0].get_children())
