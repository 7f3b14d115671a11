"""Figures of a report: every seed of every group, how far groups are apart, and how they learned over the epochs.
Imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dashboard.style import MARKERS, SERIES, marked, over_epochs, sheet, styled
from ..records.curves import Band
from ..records.metrics import Axis
from . import dots
from .dots import MOST, Against
from .labels import WIDE, literal, name


@styled
def summary(
    runs: pl.DataFrame,
    table: pl.DataFrame,
    axis: Axis,
    against: Against | None,
    curves: Mapping[str, Band],
    watched: Axis,
) -> Figure:
    """Left the groups, see `seeds`, beside them their `differences`, and right how they learned, see `curves`; the same
    group has its colour and its marker in all of them.

    Args:
        runs: as `load` gives them.
        table: their `compare.summary`.
        axis: the metric of the table.
        against: what is to be said of their differences, if anything is.
        curves: by group, of the metric that was watched; those of the first seven are drawn.
        watched: that metric.
    """
    widths = [4.2, *([3.6] if against else []), *([4.6] if curves else [])]
    figure = sheet(_names(table) + sum(widths) + 0.6, max(4.2, _height(table)))
    axes = figure.subplots(1, len(widths), squeeze=False, gridspec_kw={"width_ratios": widths})[0]
    dots.seeds(axes[0], runs, table, axis, curves)
    if against:
        dots.differences(axes[1], runs, table, axis, against, curves)
        axes[1].tick_params(labelleft=False)
    if curves:
        axes[-1].set_title(f"{_curves(axes[-1], curves, watched, len(table))},\ncoloured as on the left")
    return figure


@styled
def seeds(runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, drawn: Iterable[str] = ()) -> Figure:
    """Every seed as a dot, mean and 95 % interval on top, the best group first; those whose `curves` are drawn in the
    colours that these have.
    """
    figure = sheet(_names(table) + 5, max(3, _height(table)))
    dots.seeds(figure.add_subplot(), runs, table, axis, drawn)
    return figure


@styled
def differences(
    runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, against: Against, drawn: Iterable[str] = ()
) -> Figure:
    """Likewise each seed's difference to the baseline, and their mean with its interval."""
    figure = sheet(_names(table) + 5, max(3, _height(table)))
    dots.differences(figure.add_subplot(), runs, table, axis, against, drawn)
    return figure


@styled
def curves(bands: Mapping[str, Band], axis: Axis, groups: int) -> Figure:
    """A metric over the epochs: for the first of so many groups the mean over seeds, and a std to both sides."""
    figure = sheet(7, 4.2 + 0.24 * min(len(SERIES), len(bands)))
    ax = figure.add_subplot()
    said = _curves(ax, bands, axis, groups)
    ax.legend(title=said, alignment="left", loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return figure


def _names(table: pl.DataFrame) -> float:
    """Inches that the names of the groups take."""
    return 0.1 * min(WIDE, max(map(len, table["group"])))


def _height(table: pl.DataFrame) -> float:
    """In inches, for a line of each group that is drawn."""
    return 1.7 + 0.5 * min(MOST, len(table))


def _curves(ax: Axes, bands: Mapping[str, Band], axis: Axis, groups: int) -> str:
    """Says what is drawn."""
    best = list(zip(SERIES, MARKERS, bands.items(), strict=False))
    for colour, marker, (group, band) in best:
        ax.plot(
            band.epochs + 1, band.mean, color=colour, label=name(group).lstrip("_"), **marked(marker, len(band.epochs))
        )  # no legend has those with _
        if np.isfinite(band.std).any():
            ax.fill_between(band.epochs + 1, band.mean - band.std, band.mean + band.std, color=colour, alpha=0.15, lw=0)
    over_epochs(ax)
    ax.set_ylabel(literal(axis.label))
    late = np.concatenate([band.mean[len(band.mean) // 5 :] for *_, (_, band) in best])
    late = late[np.isfinite(late)]
    tops = np.concatenate([band.mean + np.nan_to_num(band.std) for *_, (_, band) in best])
    if len(late) and late.min() >= 0:  # the first epochs would flatten all the rest
        ax.set_ylim(0, min(1.6 * late.max(), 1.05 * tops[np.isfinite(tops)].max()) or 1)
    several = any(np.isfinite(band.std).any() for *_, (_, band) in best)
    shown = "" if len(bands) <= len(SERIES) else f", the first {len(SERIES)} of {groups} groups"
    return ("Mean ± std over seeds" if several else "One seed each") + shown
