"""Figures of networks that tell the disk from the rest of the unit square: pure functions from arrays to a Figure.
Imports no torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import ArrayLike, NDArray

from src.lab.dashboard.style import BLUE, DIVERGING, GREY, INK, SKY, VERMILLION, sheet, styled, titled

from .schema import RADIUS

HEIGHT = 7  # inches, without the legend


@styled
def decisions(
    points: ArrayLike, inside: ArrayLike, judged: ArrayLike, scores: ArrayLike, split: str = "test", which: str = ""
) -> Figure:
    """The points as the network judges them, right and wrong, with the true circle and the boundary of its decisions.

    Args:
        points: of the unit square, `(n, 2)`.
        inside: which of them are in the disk `(n,)`.
        judged: which the network takes for being so `(n,)`.
        scores: what the network says on a regular grid of the square, `(side, side)`, rows along y: over 0 is inside.
        split: what the points are of.
        which: of several networks.
    """
    xy, wrong = np.asarray(points), np.asarray(inside) != np.asarray(judged)
    figure, ax = _square(f"{wrong.sum():,} of {len(wrong):,} {split} points judged wrong", which)
    for label, within, colour in ("judged inside", True, BLUE), ("judged outside", False, SKY):
        kind = ~wrong & (np.asarray(judged).astype(bool) == within)
        _points(ax, xy[kind], colour, f"right, {label}")
    ax.scatter(
        xy[wrong, 0],
        xy[wrong, 1],
        s=55,
        color=VERMILLION,
        marker="x",
        linewidth=2,
        label="wrong",
        zorder=4,
        clip_on=False,
    )
    _circle(ax)
    _boundary(ax, scores)
    _legend(figure)
    return figure


@styled
def hyperplanes(points: ArrayLike, inside: ArrayLike, weights: ArrayLike, bias: ArrayLike, which: str = "") -> Figure:
    """Where each unit of the first layer changes sign: the lines w·x + b = 0, over the points (report A).

    Args:
        points: of the unit square, `(n, 2)`.
        inside: which of them are in the disk `(n,)`.
        weights: of the units, for points of the unit square, `(units, 2)`.
        bias: `(units,)`.
        which: of several networks.
    """
    xy, within = np.asarray(points), np.asarray(inside).astype(bool)
    lines = [line for line in map(crossing, np.asarray(weights), np.asarray(bias)) if line]
    figure, ax = _square(
        f"{len(lines)} of the first layer's {len(np.asarray(bias))} hyperplanes cross the square", which
    )
    _points(ax, xy[within], BLUE, "inside")
    _points(ax, xy[~within], SKY, "outside")
    for k, line in enumerate(lines):
        ax.plot(*zip(*line, strict=True), color=INK, linewidth=1.2, label="hyperplane" if k == 0 else None)
    _circle(ax)
    _legend(figure)
    return figure


def crossing(weight: ArrayLike, bias: float) -> list[tuple[float, float]]:
    """Where the line w·x + b = 0 enters and leaves the unit square; empty where it misses it."""
    (u, v), found = np.asarray(weight, float), set()
    for edge in 0.0, 1.0:
        if v and 0 <= (y := -(u * edge + bias) / v) <= 1:
            found.add((edge, float(y)))
        if u and 0 <= (x := -(v * edge + bias) / u) <= 1:
            found.add((float(x), edge))
    ends = sorted(found)
    return [ends[0], ends[-1]] if len(ends) > 1 else []


@styled
def output_map(scores: ArrayLike, which: str = "") -> Figure:
    """What the network says of each place of the unit square, `(side, side)`, rows along y: over 0 is inside
    (report D).
    """
    scores = np.asarray(scores)
    figure, ax = _square("The network's output: over 0 is inside", which, beside=1.2)
    most = float(np.abs(scores).max()) or 1.0
    edge = 0.5 / (len(scores) - 1)  # half a pixel: the outer ones have their middle on the sides of the square
    extent = (-edge, 1 + edge, -edge, 1 + edge)
    drawn = ax.imshow(scores, origin="lower", extent=extent, cmap=DIVERGING, vmin=-most, vmax=most)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    figure.colorbar(drawn, cax=ax.inset_axes((1.04, 0, 0.05, 1)), label="output less threshold")
    _circle(ax)
    _boundary(ax, scores)
    _legend(figure)
    return figure


def _square(title: str, which: str, beside: float = 0.0) -> tuple[Figure, Axes]:
    """With so many inches beside it."""
    figure = sheet(HEIGHT + beside, HEIGHT + (0.95 if which else 0.7))
    ax = figure.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="x (side of the square)", ylabel="y (side of the square)")
    ax.grid(False)
    titled(ax, title, which)
    return figure, ax


def _points(ax: Axes, xy: NDArray[np.floating], colour: str, label: str) -> None:
    ax.scatter(
        xy[:, 0], xy[:, 1], s=9, color=colour, linewidth=0, label=label, clip_on=False
    )  # those at the sides whole too


def _circle(ax: Axes) -> None:
    look: Any = {"color": GREY, "linestyle": "--", "linewidth": 2}
    ax.add_patch(Circle((0.5, 0.5), RADIUS, fill=False, **look))
    ax.plot([], [], label="true circle", **look)  # in the legend it is a line


def _boundary(ax: Axes, scores: ArrayLike) -> None:
    """The line where the score is 0; a network that judges everything alike has none."""
    scores = np.asarray(scores)
    side = np.linspace(0, 1, len(scores))
    if scores.min() < 0 < scores.max():
        ax.contour(side, side, scores, levels=[0.0], colors=INK, linewidths=2)
    ax.plot([], [], color=INK, label="decision boundary")


def _legend(figure: Figure) -> None:
    figure.legend(loc="outside lower center", ncols=3, markerscale=1.5)
