"""Figures of networks that compare two digits: pure functions from arrays to a Figure. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from src.lab.dashboard.style import DIVERGING, GREY, INK, PAPER, SERIES, sheet, styled

Array = NDArray[np.float64]

COLUMNS, ROWS = 6, 3  # of pairs
SIDE, GAP, CAPTION = 14, 2, 11  # pixels
BINS = 10


@styled
def wrong_pairs(
    images: ArrayLike, classes: ArrayLike, said: ArrayLike, named: ArrayLike | None = None, split: str = "test"
) -> Figure:
    """The pairs judged wrong, the most confident first, with what is true and what the network says.

    Args:
        images: of all pairs, `(n, 2, 14, 14)`.
        classes: the true digits `(n, 2)`.
        said: the network's P(first ≤ second) `(n,)`; over ½ it judges so.
        named: the digits that the network reads `(n, 2)`; None where it names none.
        split: what the pairs are of.
    """
    images, classes, said = np.asarray(images), np.asarray(classes), np.asarray(said)
    wrong = (said > 0.5) != (classes[:, 0] <= classes[:, 1])
    shown = np.flatnonzero(wrong)[np.argsort(-np.abs(said[wrong] - 0.5), kind="stable")][: COLUMNS * ROWS]
    rows = max(1, -(-len(shown) // COLUMNS))
    width, height = 2 * SIDE + 3 * GAP, SIDE + CAPTION
    canvas = np.full((rows * height, COLUMNS * width), images.max())
    figure = sheet(9, 0.4 + 1.15 * rows)
    ax = figure.add_subplot()
    for place, i in enumerate(shown):
        y, x = divmod(place, COLUMNS)
        top, left = y * height + CAPTION - 1, x * width + GAP
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
    ax.set_title(f"{share}; P: the network's P(first ≤ second)", fontsize=12)
    return figure


@styled
def confusion(panels: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """For each title the digits `(n,)` as they are and as the network reads them: how often which is taken for which.
    Only mistakes are coloured, since the many digits read right would drown them.
    """
    figure = sheet(5.2 * len(panels), 5)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for ax, (title, (true, read)) in zip(axes, panels.items(), strict=True):
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (np.asarray(true), np.asarray(read)), 1)
        mistakes = counts - np.diag(np.diag(counts))
        most = max(1, mistakes.max())
        ax.imshow(mistakes, cmap="Oranges", vmin=0, vmax=most)
        for i, j in np.argwhere(counts):
            heavy = mistakes[i, j] > 0.6 * most
            colour = GREY if i == j else PAPER if heavy else INK
            ax.text(j, i, counts[i, j], ha="center", va="center", fontsize=10, color=colour)
        ax.set(xticks=range(10), yticks=range(10), xlabel="digit read", ylabel="true digit")
        ax.grid(False)
        ax.set_title(f"{title}: {mistakes.sum():,} of {counts.sum():,} read wrong")
    return figure


@styled
def calibration(probabilities: Mapping[str, ArrayLike], target: ArrayLike) -> Figure:
    """How often first ≤ second is true beside the network's probability of it, in tenths, for each readout;
    in the legend the expected calibration error (Naeini et al., 2015) in points.

    Args:
        probabilities: by readout, P(first ≤ second) `(n,)`.
        target: 1 where first ≤ second, `(n,)`.
    """
    figure = sheet(5.5, 6)
    ax = figure.add_subplot()
    ax.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1, label="as often as said")
    for colour, marker, (name, values) in zip(SERIES, "osD^v", probabilities.items(), strict=False):
        said, happened, counts = reliability(np.asarray(values, float), np.asarray(target, float))
        off = float((counts * np.abs(said - happened)).sum() / counts.sum())
        error = 100 * np.sqrt(np.clip(happened / 100 * (1 - happened / 100), 0, 1) / counts)
        label = f"{name}, off by {off:.1f} points"
        ax.errorbar(said, happened, error, color=colour, linewidth=1, marker=marker, capsize=3, label=label)
    ax.set(xlabel="the network's P(first ≤ second) (%)", ylabel="pairs with first ≤ second (%)")
    ax.set(xlim=(-2, 102), ylim=(-2, 102), aspect="equal")
    ax.set_title("Calibration: tenths of P, ± a standard error")
    figure.legend(loc="outside lower center")
    return figure


def reliability(said: Array, target: Array) -> tuple[Array, Array, Array]:
    """For each tenth with a pair in it: mean probability and mean target (percent), and the number of pairs."""
    tenth = np.minimum((said * BINS).astype(int), BINS - 1)
    filled = (counts := np.bincount(tenth, minlength=BINS).astype(float)) > 0
    means = (np.bincount(tenth, values, BINS)[filled] / counts[filled] for values in (said, target))
    of_network, happened = (100 * mean for mean in means)
    return of_network, happened, counts[filled]


@styled
def filters(weights: ArrayLike) -> Figure:
    """The kernels of the first convolution `(out, in, h, w)`, each input of each on its own."""
    kernels = np.asarray(weights).reshape(-1, *np.shape(weights)[2:])
    most = float(np.abs(kernels).max())
    canvas = mosaic(kernels, columns=min(16, max(4, len(kernels) // 4)), fill=np.nan)
    figure = sheet(7, 0.6 + 5.6 * canvas.shape[0] / canvas.shape[1])
    ax = figure.add_subplot()
    drawn = ax.imshow(canvas, cmap=DIVERGING, vmin=-most, vmax=most, interpolation="nearest")
    ax.set_axis_off()
    ax.set_title(f"The first layer's {len(kernels)} filters")
    figure.colorbar(drawn, ax=ax, label="weight", shrink=0.8)
    return figure


@styled
def augmented(drawn: ArrayLike, distorted: ArrayLike) -> Figure:
    """Training images as they were drawn `(n, 14, 14)`, and below each as the network saw it in this epoch."""
    drawn, distorted = np.asarray(drawn), np.asarray(distorted)
    canvas = mosaic(np.concatenate([drawn, distorted]), columns=len(drawn), fill=drawn.max())
    ax = (figure := sheet(9, 2.2)).add_subplot()
    ax.imshow(canvas, interpolation="nearest", vmin=drawn.min(), vmax=drawn.max())
    ax.set(xticks=[], yticks=[SIDE / 2, SIDE * 1.5 + 1], yticklabels=["as drawn", "as trained"])
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
