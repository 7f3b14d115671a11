"""One look for all figures: colours that the colour-blind tell apart, legible at half their size, and a paper of their
own, so that they look the same on light and dark backgrounds. Imports no torch.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.ticker import MaxNLocator

# Okabe & Ito (2008), without the yellow, which is too light for lines on paper.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GREY = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#777777",
)  # fmt: skip
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GREY)
MARKERS = "osD^vPX"  # beside each of these: printed in grey, some are alike
INK, PAPER = "#222222", "#FFFFFF"
DIVERGING = "PuOr"  # purple and orange; what is neither is paper
DPI = 90

STYLE: Any = {
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E5E5E5",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "image.cmap": "gray",
    "lines.linewidth": 2,
    "legend.frameon": False,
}

P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draws in the one style, and leaves matplotlib's own settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return drawn


def sheet(width: float, height: float) -> Figure:
    """An empty figure, in inches; without pyplot, which would keep it and look for a screen."""
    return Figure(figsize=(width, height), layout="constrained")


def titled(ax: Axes, *lines: str) -> None:
    """A title of the lines that say something."""
    ax.set_title("\n".join(filter(None, lines)))


def marked(marker: str, points: int) -> dict[str, Any]:
    """A line of so many points has some eight markers."""
    return {"marker": marker, "markersize": 5, "markevery": max(1, points // 8)}


def over_epochs(ax: Axes) -> None:
    """What stands below an axis of epochs, which are whole numbers."""
    ax.set_xlabel("epochs")
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    low, high = ax.get_xlim()
    if high - low < 1:  # of one
        ax.set_xlim((low + high) / 2 - 1, (low + high) / 2 + 1)


def png(figure: Figure) -> bytes:
    """The figure as the bytes of a PNG file. Drawn once: `savefig` would do it twice, to lay it out first."""
    figure.set_dpi(DPI)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    buffer = io.BytesIO()
    imsave(buffer, canvas.buffer_rgba(), format="png", pil_kwargs={"compress_level": 3})
    return buffer.getvalue()


def vector(figure: Figure, kind: Literal["pdf", "svg"]) -> bytes:
    """The figure as the bytes of a PDF or an SVG file, its text as text, which can be searched and set in another font.
    The same figure makes the same bytes: no date is in them.
    """
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "figure", "pdf.fonttype": 42}):
        canvas: Any
        if kind == "svg":
            canvas = FigureCanvasSVG(figure)
            canvas.print_svg(buffer, metadata={"Date": None})
        else:
            from matplotlib.backends.backend_pdf import FigureCanvasPdf  # a tenth of a second, for those who want one

            canvas = FigureCanvasPdf(figure)
            canvas.print_pdf(buffer, metadata={"CreationDate": None})
    return buffer.getvalue()
