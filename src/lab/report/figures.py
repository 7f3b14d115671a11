"""Figures of a report: every seed of every group, and how they learned over the epochs. Imports no torch."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dashboard.style import BLUE, INK, SERIES, sheet, styled
from ..records.curves import Band
from ..records.metrics import Axis, title
from . import compare
from .tables import printable


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
    figure = sheet(_names(table) + (5 if not curves else 10.5), max(4, _height(table)))
    axes = figure.subplots(1, 2 if curves else 1, squeeze=False)[0]
    _seeds(axes[0], runs, table, axis, curves)
    if curves:
        _curves(axes[1], curves, watched, len(table))
    return figure


@styled
def seeds(runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, drawn: Iterable[str] = ()) -> Figure:
    """Every seed as a dot, mean and 95 % interval on top, the best group first; those whose `curves` are drawn in the
    colours that these have.
    """
    figure = sheet(_names(table) + 5, max(3, _height(table)))
    _seeds(figure.add_subplot(), runs, table, axis, drawn)
    return figure


@styled
def curves(bands: Mapping[str, Band], label: str, groups: int) -> Figure:
    """A metric over the epochs: for the first of so many groups the mean over seeds, and a std to both sides."""
    figure = sheet(7, 4.5)
    _curves(figure.add_subplot(), bands, label, groups)
    return figure


WIDE, MOST = 40, 40  # characters in a line of a name, and groups in a figure


def _seeds(ax: Axes, runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, drawn: Iterable[str]) -> None:
    colours = dict(zip(drawn, SERIES, strict=False))
    good = compare.completed(runs, axis.metric)
    groups = len(table)
    table = table.head(MOST)
    for y, row in enumerate(table.iter_rows(named=True)):
        values = good.filter(pl.col("group") == row["group"])[axis.metric].to_numpy()
        spread = 0.22 * np.cos(np.arange(len(values)) * 2.4)  # so that equal values don't hide each other
        ax.plot(values, y + spread, "o", markersize=5, alpha=0.5, color=colours.get(row["group"], BLUE), linewidth=0)
        if row["mean"] is not None:
            ends = None if row["half"] is None else [[row["mean"] - row["low"]], [row["high"] - row["mean"]]]
            ax.errorbar(row["mean"], y, xerr=ends, color=INK, marker="D", markersize=6, capsize=5, zorder=5)
    ax.plot([], [], "o", color=BLUE, alpha=0.5, label="a seed")
    ax.errorbar([], [], xerr=[], color=INK, marker="D", capsize=5, label="mean and 95 % interval")
    labels = [f"{name(group)} (n = {n})" for group, n in table.select("group", "n").iter_rows()]
    ax.set_yticks(range(len(table)), labels)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlabel(literal(axis.label))
    if groups > MOST:
        best = "best" if axis.meaning.better else "first"
        ax.set_title(f"The {best} {MOST} of {groups} groups", pad=30)  # above the legend
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)


def name(group: str) -> str:
    """A group's name in two lines at most; of a longer one, its beginning and its end."""
    lines = textwrap.wrap(printable(group), WIDE) or [""]
    return "\n".join(map(literal, lines if len(lines) < 3 else [lines[0], f"… {lines[-1]}"]))


def literal(text: str) -> str:
    """In one line, with no formulas in it."""
    return printable(text).replace("$", r"\$")


def _names(table: pl.DataFrame) -> float:
    """Inches that the names of the groups take."""
    return 0.1 * min(WIDE, max(map(len, table["group"])))


def _height(table: pl.DataFrame) -> float:
    """In inches, for a line of each group that is drawn."""
    return 1.4 + 0.5 * min(MOST, len(table))


def _curves(ax: Axes, bands: Mapping[str, Band], label: str, groups: int) -> None:
    best = list(zip(SERIES, bands.items(), strict=False))
    for colour, (group, band) in best:
        ax.plot(band.epochs + 1, band.mean, color=colour, label=name(group).lstrip("_"))  # those with _ have no legend
        if np.isfinite(band.std).any():
            ax.fill_between(band.epochs + 1, band.mean - band.std, band.mean + band.std, color=colour, alpha=0.15, lw=0)
    ax.set(xlabel="epochs", ylabel=literal(title(label)))
    late = np.concatenate([band.mean[len(band.mean) // 5 :] for _, (_, band) in best])
    late = late[np.isfinite(late)]
    tops = np.concatenate([band.mean + np.nan_to_num(band.std) for _, (_, band) in best])
    if len(late) and late.min() >= 0:  # the first epochs would flatten all the rest
        ax.set_ylim(0, min(1.6 * late.max(), 1.05 * tops[np.isfinite(tops)].max()) or 1)
    shown = "" if len(bands) <= len(SERIES) else f", the first {len(SERIES)} of {groups} groups"
    ax.set_title(f"Mean ± std over seeds{shown}")
    ax.legend()
