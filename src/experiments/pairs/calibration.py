"""Is first ≤ second as often true as the network says? As a figure. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from src.lab.dashboard.style import GREY, MARKERS, SERIES, sheet, styled, titled

Array = NDArray[np.float64]

BINS = 10
Z = 1.959964  # of a normal distribution, 95 % are nearer to its mean than so many std


class Reliability(NamedTuple):
    """For each tenth of probabilities with a pair in it, `(tenths,)`.

    Attributes:
        tenths: which they are, 0 to 9.
        said: the mean probability, in percent.
        happened: how often it was true, in percent.
        counts: the number of pairs.
    """

    tenths: NDArray[np.int64]
    said: Array
    happened: Array
    counts: Array


@styled
def calibration(
    probabilities: Mapping[str, ArrayLike], target: ArrayLike, split: str = "test", which: str = ""
) -> Figure:
    """How often first ≤ second is true beside the network's probability of it, in tenths, for each readout, with the
    interval of `wilson`; below, how many pairs each tenth has. ECE is the expected calibration error (Naeini et al.,
    "Obtaining well calibrated probabilities using Bayesian binning", 2015), in points.

    Args:
        probabilities: by readout, P(first ≤ second) `(n,)`.
        target: 1 where first ≤ second, `(n,)`.
        split: what the pairs are of.
        which: of several networks.
    """
    figure = sheet(6.2, 6.1 + 1.0 * len(probabilities))
    grid = figure.add_gridspec(1 + len(probabilities), 1, height_ratios=[5.2, *len(probabilities) * [0.75]])
    ax = figure.add_subplot(grid[0])
    ax.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1, label="as often as said")
    for k, (colour, marker, (name, values)) in enumerate(zip(SERIES, MARKERS, probabilities.items(), strict=False)):
        found = reliability(np.asarray(values, float), np.asarray(target, float))
        low, high = wilson(found.happened / 100, found.counts)
        ends = [found.happened - 100 * low, 100 * high - found.happened]
        off = float((found.counts * np.abs(found.said - found.happened)).sum() / found.counts.sum())
        label = f"{name}: ECE {off:.1f}"
        look: Any = {"color": colour, "linewidth": 1, "marker": marker, "capsize": 3}
        ax.errorbar(found.said, found.happened, np.clip(ends, 0, None), label=label, **look)
        _counts(figure.add_subplot(grid[1 + k], sharex=ax), found, colour, split, last=k + 1 == len(probabilities))
    ax.set(ylabel=f"{split} pairs with first ≤ second (%)", xlim=(-2, 102), ylim=(-2, 102), xticks=range(0, 101, 20))
    ax.tick_params(labelbottom=False)
    said = "Calibration in tenths of P, with Wilson's 95 % intervals\nECE: expected calibration error, in points"
    titled(ax, said, which)
    figure.legend(loc="outside lower center")
    return figure


def wilson(share: ArrayLike, counts: ArrayLike) -> tuple[Array, Array]:
    """The 95 % interval of a probability of which a share of so many trials came true: all that are less than `Z` of
    their own standard errors away (Wilson, "Probable inference, the law of succession, and statistical inference",
    1927). Unlike the share's own standard error it has a width where none or all came true.
    """
    p, n = np.asarray(share, float), np.asarray(counts, float)
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return middle - half, middle + half


def reliability(said: Array, target: Array) -> Reliability:
    """Of probabilities `(n,)` and what came true, 0 or 1 `(n,)`."""
    tenth = np.minimum((said * BINS).astype(int), BINS - 1)
    counts = np.bincount(tenth, minlength=BINS).astype(float)
    tenths = np.flatnonzero(counts)
    of_network, happened = (100 * np.bincount(tenth, each, BINS)[tenths] / counts[tenths] for each in (said, target))
    return Reliability(tenths, of_network, happened, counts[tenths])


def _counts(ax: Axes, found: Reliability, colour: str, split: str, last: bool) -> None:
    bars = ax.bar(10 * found.tenths + 5, found.counts, width=8, color=colour)
    ax.bar_label(bars, [f"{count:,.0f}" for count in found.counts], fontsize=9, padding=1)
    ax.set(ylim=(0, 1.35 * found.counts.max()), yticks=[], ylabel="pairs")
    ax.grid(False)
    ax.tick_params(labelbottom=last)
    if last:
        ax.set_xlabel("the network's P(first ≤ second) (%)")
