"""One look for all figures, which changes nobody else's."""

import io

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imread

from src.lab.dashboard import style


@style.styled
def dots() -> Figure:
    figure = style.sheet(3, 3)
    figure.add_subplot().scatter([0, 1], [0, 1])
    return figure


def test_figures_are_png_files_on_paper_of_their_own() -> None:
    figure = dots()
    data = style.png(figure)
    assert data.startswith(b"\x89PNG")
    assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    pixels = imread(io.BytesIO(data))
    assert pixels.shape == (3 * style.DPI, 3 * style.DPI, 4)
    np.testing.assert_array_equal(pixels[0, 0], 1.0)
    assert pixels[..., :3].min() < 1, "something is drawn on it"


def test_the_style_is_over_when_a_figure_is_drawn() -> None:
    before = dict(mpl.rcParams)
    assert dots().axes[0].spines["top"].get_visible() is False
    assert dict(mpl.rcParams) == before


def test_a_figure_is_the_same_bytes_each_time() -> None:
    assert style.png(dots()) == style.png(dots())
