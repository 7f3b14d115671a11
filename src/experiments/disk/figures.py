"""Figures of networks that tell the disk from the rest of the unit square: pure functions from arrays to a Figure.
Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from src.lab.dashboard.style import BLUE, DIVERGING, GREY, INK, SKY, VERMILLION, sheet, styled

from .schema import RADIUS

HEIGHT = 7  # inches, without the legend


@styled
def decisions(
    points: ArrayLike, inside: ArrayLike, judged: ArrayLike, scores: ArrayLike, split: str = "test"
) -> Figure:
    """The points as the network judges them, right and wrong, with the true circle and the boundary of its decisions.

    Args:
        points: of the unit square, `(n, 2)`.
        inside: which of them are in the disk `(n,)`.
        judged: which the network takes for being so `(n,)`.
        scores: what the network says on a regular grid of the square, `(side, side)`, rows along y: over 0 is inside.
        split: what the points are of.
    """
    xy, wrong = np.asarray(points), np.asarray(inside) != np.asarray(judged)
    figure, ax = _square(f"{wrong.sum():,} of {len(wrong):,} {split} points judged wrong")
    for label, within, colour in ("judged inside", True, BLUE), ("judged outside", False, SKY):
        kind = ~wrong & (np.asarray(judged).astype(bool) == within)
        ax.scatter(xy[kind, 0], xy[kind, 1], s=9, color=colour, linewidth=0, label=f"right, {label}")
    ax.scatter(xy[wrong, 0], xy[wrong, 1], s=55, color=VERMILLION, marker="x", linewidth=2, label="wrong", zorder=4)
    _circle(ax)
    _boundary(ax, scores)
    _legend(figure)
    return figure


@styled
def hyperplanes(points: ArrayLike, inside: ArrayLike, weights: ArrayLike, bias: ArrayLike) -> Figure:
    """Where each unit of the first layer changes sign: the lines w·x + b = 0, over the points (report A).

    Args:
        points: of the unit square, `(n, 2)`.
        inside: which of them are in the disk `(n,)`.
        weights: of the units, for points of the unit square, `(units, 2)`.
        bias: `(units,)`.
    """
    xy, within = np.asarray(points), np.asarray(inside).astype(bool)
    lines = [line for line in map(crossing, np.asarray(weights), np.asarray(bias)) if line]
    figure, ax = _square(f"{len(lines)} of the first layer's {len(np.asarray(bias))} hyperplanes cross the square")
    ax.scatter(xy[within, 0], xy[within, 1], s=9, color=BLUE, linewidth=0, label="inside")
    ax.scatter(xy[~within, 0], xy[~within, 1], s=9, color=SKY, linewidth=0, label="outside")
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
def output_map(scores: ArrayLike) -> Figure:
    """What the network says of each place of the unit square, `(side, side)`, rows along y: over 0 is inside
    (report D).
    """
    scores = np.asarray(scores)
    figure, ax = _square("The network's output: over 0 is inside")
    most = float(np.abs(scores).max()) or 1.0
    drawn = ax.imshow(scores, origin="lower", extent=(0, 1, 0, 1), cmap=DIVERGING, vmin=-most, vmax=most)
    figure.colorbar(drawn, ax=ax, label="output less threshold", shrink=0.85)
    _circle(ax)
    _boundary(ax, scores)
    _legend(figure)
    return figure


@styled
def history(curves: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]], runs: int = 1) -> Figure:
    """Loss and error over the epochs, of training and validation, with the band over the networks trained at once.

    Args:
        curves: by `train/loss`, `val/error` and so on, after how many epochs it was measured and, for each, the mean
            over the networks and their std.
        runs: how many networks.
    """
    figure = sheet(11, 4.2)
    for ax, (name, label) in zip(figure.subplots(1, 2), (("loss", "loss"), ("error", "error (%)")), strict=True):
        for split, colour in ("train", BLUE), ("val", VERMILLION):
            epochs, mean, std = map(np.asarray, curves[f"{split}/{name}"])
            ax.plot(epochs, mean, color=colour, label={"train": "training", "val": "validation"}[split])
            if runs > 1:
                ax.fill_between(epochs, mean - std, mean + std, color=colour, alpha=0.2, linewidth=0)
        ax.set(xlabel="epochs", ylabel=label)
        ax.set_ylim(bottom=0)
        ax.legend()
    if runs > 1:
        figure.suptitle(f"Mean ± std over {runs} networks", fontsize=12)
    return figure


def _square(title: str) -> tuple[Figure, Axes]:
    figure = sheet(HEIGHT, HEIGHT + 0.6)
    ax = figure.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="x (side of the square)", ylabel="y (side of the square)")
    ax.grid(False)
    ax.set_title(title)
    return figure, ax


def _circle(ax: Axes) -> None:
    ax.add_patch(Circle((0.5, 0.5), RADIUS, fill=False, color=GREY, linestyle="--", linewidth=2, label="true circle"))


def _boundary(ax: Axes, scores: ArrayLike) -> None:
    """The line where the score is 0; a network that judges everything alike has none."""
    scores = np.asarray(scores)
    side = np.linspace(0, 1, len(scores))
    if scores.min() < 0 < scores.max():
        ax.contour(side, side, scores, levels=[0.0], colors=INK, linewidths=2)
    ax.plot([], [], color=INK, label="decision boundary")


def _legend(figure: Figure) -> None:
    figure.legend(loc="outside lower center", ncols=3, markerscale=1.5)
