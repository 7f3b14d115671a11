"""Figures of networks that compare two digits: pure functions from arrays to a Figure. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from src.lab.dashboard.style import DIVERGING, GREY, INK, PAPER, sheet, styled, titled

Array = NDArray[np.float64]

COLUMNS, ROWS = 6, 3  # of pairs
BETWEEN = "#CCCCCC"  # filters: a weight of 0 is nearly white
SIDE, GAP, LINE = 14, 2, 5  # pixels; the last of a caption


@styled
def wrong_pairs(
    images: ArrayLike, classes: ArrayLike, said: ArrayLike, named: ArrayLike | None = None, split: str = "test",
    which: str = "",
) -> Figure:  # fmt: skip
    """The pairs judged wrong, the most confident first, with what is true and what the network says.

    Args:
        images: of all pairs, `(n, 2, 14, 14)`.
        classes: the true digits `(n, 2)`.
        said: the network's P(first ≤ second) `(n,)`; over ½ it judges so.
        named: the digits that the network reads `(n, 2)`; None where it names none.
        split: what the pairs are of.
        which: of several networks.
    """
    images, classes, said = np.asarray(images), np.asarray(classes), np.asarray(said)
    wrong = (said > 0.5) != (classes[:, 0] <= classes[:, 1])
    shown = np.flatnonzero(wrong)[np.argsort(-np.abs(said[wrong] - 0.5), kind="stable")][: COLUMNS * ROWS]
    rows = max(1, -(-len(shown) // COLUMNS))
    caption = 1 + LINE * (1 if named is None else 2)
    width, height = 2 * SIDE + 3 * GAP, SIDE + caption
    canvas = np.full((rows * height, COLUMNS * width), images.max())
    figure = sheet(9, 0.6 + 9 * rows * height / (COLUMNS * width))
    ax = figure.add_subplot()
    for place, i in enumerate(shown):
        y, x = divmod(place, COLUMNS)
        top, left = y * height + caption - 1, x * width + GAP
        for k in 0, 1:
            start = left + k * (SIDE + 1)
            canvas[top : top + SIDE, start : start + SIDE] = images[i, k]
        first, second = classes[i]
        relation = "≤" if first <= second else ">"
        read = "" if named is None else f"\nread {np.asarray(named)[i, 0]}, {np.asarray(named)[i, 1]}"
        ax.text(left, top - 1, f"{first} {relation} {second}   P {said[i]:.2f}{read}", fontsize=10, va="bottom")
    ax.imshow(canvas, interpolation="nearest")
    ax.set_axis_off()
    share = f"{wrong.sum():,} of {len(wrong):,} {split} pairs judged wrong"
    some = f": {len(shown)} of {wrong.sum():,} shown, the surest first" if len(shown) < wrong.sum() else ""
    ax.set_title(f"{share}{some}\nP: the network's P(first ≤ second){f'; {which}' if which else ''}")
    return figure


@styled
def confusion(panels: Mapping[str, tuple[ArrayLike, ArrayLike]], split: str = "test", which: str = "") -> Figure:
    """For each title the digits `(n,)` as they are and as the network reads them: how often which is taken for which.
    Only mistakes are coloured, in all panels alike, since the many digits read right would drown them.
    """
    figure = sheet(5.5 * len(panels), 5.6 if which else 5.4)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    counted = [np.zeros((10, 10), int) for _ in panels]
    for counts, (true, read) in zip(counted, panels.values(), strict=True):
        np.add.at(counts, (np.asarray(true), np.asarray(read)), 1)
    most = max(1, *(int((counts - np.diag(np.diag(counts))).max()) for counts in counted))
    for ax, title, counts in zip(axes, panels, counted, strict=True):
        mistakes = counts - np.diag(np.diag(counts))
        ax.imshow(mistakes, cmap="Oranges", vmin=0, vmax=most)
        for i, j in np.argwhere(counts):
            heavy = mistakes[i, j] > 0.6 * most
            colour = GREY if i == j else PAPER if heavy else INK
            ax.text(j, i, counts[i, j], ha="center", va="center", fontsize=10, color=colour)
        ax.set(xticks=range(10), yticks=range(10), xlabel="digit read", ylabel="true digit")
        ax.grid(False)
        said = f"{title}: {mistakes.sum():,} of {counts.sum():,} {split} digits read wrong"
        titled(ax, said, which)
    return figure


@styled
def filters(weights: ArrayLike, which: str = "") -> Figure:
    """The kernels of the first convolution `(out, in, h, w)`, each input of each on its own."""
    out, inputs = np.shape(weights)[:2]
    kernels = np.asarray(weights).reshape(-1, *np.shape(weights)[2:])
    most = float(np.abs(kernels).max())
    canvas = mosaic(kernels, columns=inputs * max(1, min(16, max(4, len(kernels) // 4)) // inputs), fill=np.nan)
    figure = sheet(7, 0.5 + 0.25 * bool(which) + 5.8 * canvas.shape[0] / canvas.shape[1])
    ax = figure.add_subplot()
    colours = mpl.colormaps[DIVERGING].with_extremes(bad=BETWEEN)
    drawn = ax.imshow(canvas, cmap=colours, vmin=-most, vmax=most, interpolation="nearest")
    ax.set_axis_off()
    each = f", of each its {inputs} inputs side by side" if inputs > 1 else ""
    titled(ax, f"The first layer's {out} filters{each}", which)
    figure.colorbar(drawn, cax=ax.inset_axes((1.03, 0, 0.04, 1)), label="weight")
    return figure


@styled
def augmented(drawn: ArrayLike, distorted: ArrayLike) -> Figure:
    """Training images as they were drawn `(n, 14, 14)`, and below each as the network saw it in this epoch."""
    drawn, distorted = np.asarray(drawn), np.asarray(distorted)
    canvas = mosaic(np.concatenate([drawn, distorted]), columns=len(drawn), fill=drawn.max())
    ax = (figure := sheet(9, 1.95)).add_subplot()
    ax.imshow(canvas, interpolation="nearest", vmin=drawn.min(), vmax=drawn.max())
    ax.set(xticks=[], yticks=[SIDE / 2, SIDE * 1.5 + 1], yticklabels=["as drawn", "as trained"])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.set_title("Training images, distorted anew each epoch")
    return figure


def mosaic(images: NDArray[np.floating], columns: int, fill: float) -> Array:
    """Images `(n, h, w)` row by row in one, a pixel of `fill` between them."""
    n, height, width = images.shape
    canvas = np.full((-(-n // columns) * (height + 1) - 1, columns * (width + 1) - 1), fill, float)
    for i, image in enumerate(images):
        y, x = divmod(i, columns)
        canvas[y * (height + 1) :, x * (width + 1) :][:height, :width] = image
    return canvas
