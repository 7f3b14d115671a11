"""Figures of a report: every seed of every group, and how they learned over the epochs. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dashboard.style import BLUE, INK, SERIES, sheet, styled
from ..records.curves import Band
from ..records.metrics import Meaning, title
from . import compare


class Axis(NamedTuple):
    """A metric along an axis, and what its numbers mean."""

    metric: str
    meaning: Meaning

    @property
    def label(self) -> str:
        """`test rmse (USD)`."""
        return title(self.metric) + (f" ({self.meaning.unit})" if self.meaning.unit else "")


@styled
def summary(
    runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, curves: Mapping[str, Band], watched: str = ""
) -> Figure:
    """Left the groups, see `seeds`, right how they learned, see `curves`; the same group has its colour in both.

    Args:
        runs: as `load` gives them.
        table: their `compare.summary`.
        axis: the metric of the table.
        curves: by group, of the metric that was watched; those of the first seven are drawn.
        watched: its name.
    """
    names = 0.1 * max(map(len, table["group"]))  # inches that they take
    figure = sheet(names + (5 if not curves else 10.5), max(4, 1.4 + 0.5 * len(table)))
    axes = figure.subplots(1, 2 if curves else 1, squeeze=False)[0]
    _seeds(axes[0], runs, table, axis, dict(zip(curves, SERIES, strict=False)))
    if curves:
        _curves(axes[1], curves, watched)
    return figure


@styled
def seeds(runs: pl.DataFrame, table: pl.DataFrame, axis: Axis) -> Figure:
    """Every seed as a dot, mean and 95 % interval on top, the best group first."""
    figure = sheet(7, max(3, 1.4 + 0.5 * len(table)))
    _seeds(figure.add_subplot(), runs, table, axis, {})
    return figure


@styled
def curves(bands: Mapping[str, Band], label: str) -> Figure:
    """A metric over the epochs: for each group the mean over seeds, and a std to both sides."""
    figure = sheet(7, 4.5)
    _curves(figure.add_subplot(), bands, label)
    return figure


def _seeds(ax: Axes, runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, colours: Mapping[str, str]) -> None:
    good = compare.completed(runs, axis.metric)
    for y, row in enumerate(table.iter_rows(named=True)):
        values = good.filter(pl.col("group") == row["group"])[axis.metric].to_numpy()
        spread = 0.22 * np.cos(np.arange(len(values)) * 2.4)  # so that equal values don't hide each other
        ax.plot(values, y + spread, "o", markersize=5, alpha=0.5, color=colours.get(row["group"], BLUE), linewidth=0)
        if row["mean"] is not None:
            ax.errorbar(row["mean"], y, xerr=row["half"], color=INK, marker="D", markersize=6, capsize=5, zorder=5)
    ax.plot([], [], "o", color=BLUE, alpha=0.5, label="a seed")
    ax.errorbar([], [], xerr=[], color=INK, marker="D", capsize=5, label="mean and 95 % interval")
    labels = [f"{group} (n = {n})" for group, n in table.select("group", "n").iter_rows()]
    ax.set_yticks(range(len(table)), labels)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlabel(axis.label)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)


def _curves(ax: Axes, bands: Mapping[str, Band], label: str) -> None:
    best = list(zip(SERIES, bands.items(), strict=False))
    for colour, (group, band) in best:
        ax.plot(band.epochs + 1, band.mean, color=colour, label=group)
        if np.isfinite(band.std).any():
            ax.fill_between(band.epochs + 1, band.mean - band.std, band.mean + band.std, color=colour, alpha=0.15, lw=0)
    ax.set(xlabel="epochs", ylabel=title(label))
    late = np.concatenate([band.mean[len(band.mean) // 5 :] for _, (_, band) in best])
    highest = max(float(np.nanmax(band.mean + np.nan_to_num(band.std))) for _, (_, band) in best)
    if np.nanmin(late) >= 0:
        ax.set_ylim(0, min(1.6 * np.nanmax(late), 1.05 * highest) or 1)  # the first epochs would flatten all the rest
    shown = "" if len(bands) <= len(SERIES) else f", the first {len(SERIES)} of {len(bands)} groups"
    ax.set_title(f"Mean ± std over seeds{shown}")
    ax.legend()
