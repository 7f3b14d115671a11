"""Axes with a line for each group: every seed, or every seed's difference to the baseline, and on top of them the mean
with its interval. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ..dashboard.style import BLUE, GREY, INK, MARKERS, SERIES
from ..records.metrics import Axis, behind, title
from . import compare
from .labels import literal, name
from .pairing import pairing
from .significance import Values

MOST = 40  # groups in a figure


class Against(NamedTuple):
    """What the groups are compared with.

    Attributes:
        baseline: a group.
        table: `compare.differences` to it.
    """

    baseline: str
    table: pl.DataFrame


def seeds(ax: Axes, runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, drawn: Iterable[str]) -> None:
    """The groups of a `compare.summary`, those first whose curves are `drawn`, as these are."""
    good = compare.completed(runs, axis.metric)
    looks = _looks(table, drawn)
    for y, row in enumerate(table.head(MOST).iter_rows(named=True)):
        values = good.filter(pl.col("group") == row["group"])[axis.metric].to_numpy()
        _line(ax, y, values, row["mean"], _ends(row, row["low"], row["high"]), looks[row["group"]])
    labels = [f"{name(group)} (n = {n})" for group, n in table.head(MOST).select("group", "n").iter_rows()]
    _finish(ax, labels, _method(table), _one("fold" in runs.columns and bool(runs["fold"].is_not_null().any())))
    ax.set_xlabel(literal(axis.label))
    if len(table) > MOST:
        best = "best" if axis.meaning.better else "first"
        ax.set_title(f"The {best} {MOST} of {len(table)} groups", pad=45)  # above the legend


def differences(
    ax: Axes, runs: pl.DataFrame, table: pl.DataFrame, axis: Axis, against: Against, drawn: Iterable[str]
) -> None:
    """Each group's differences to the baseline, paired as `compare.differences` pairs them, in the order of the
    groups of a `compare.summary`, so that both may have the same names.
    """
    looks = _looks(table, drawn)
    rows = {row["group"]: row for row in against.table.iter_rows(named=True) if row["difference"] is not None}
    pairs, folded = pairing(runs, against.baseline, axis.metric)[-2:]
    side = 1 if sum(row["difference"] for row in rows.values()) >= 0 else -1  # of the line at 0, where there is room
    for y, group in enumerate(table["group"].head(MOST)):
        if row := rows.get(group):
            own = pairs.filter(pl.col("group") == group)
            values = (own[axis.metric] - own[f"{axis.metric}_right"]).to_numpy()
            mean, half = row["difference"], row["half"]
            ends = (None, None) if half is None else (mean - half, mean + half)
            _line(ax, y, values, mean, _ends(row, *ends), looks[group])
        else:
            said = "baseline" if group == against.baseline else "not compared"
            beside: Any = {
                "xytext": (5 * side, 0),
                "textcoords": "offset points",
                "ha": "left" if side > 0 else "right",
            }
            ax.annotate(said, (0, y), color=GREY, va="center", fontsize=10, **beside)
    ax.axvline(0, color=GREY, linewidth=1, linestyle="--")
    labels = [name(group) for group in table["group"].head(MOST)]
    tested = (against.table["half"].is_not_null()).sum()
    alone = ",\neach for its own alone" if tested > 1 else ""
    _finish(ax, labels, _method(against.table) + alone, _one(bool(folded)))
    unit = behind(axis.meaning.unit).strip()
    ax.set_xlabel(f"{literal(title(axis.metric))}{f' ({unit})' * bool(unit)}, less that of\n{name(against.baseline)}")


def _looks(table: pl.DataFrame, drawn: Iterable[str]) -> Mapping[str, dict[str, Any]]:
    """By group. Those whose curves are not drawn are hollow, where others' are."""
    own = {group: {"color": colour, "marker": marker} for group, colour, marker in zip(drawn, SERIES, MARKERS)}  # noqa: B905
    others: dict[str, Any] = {"color": BLUE, "marker": "o"}
    if own:
        others = {"color": GREY, "marker": "o", "markerfacecolor": "none"}
    return {group: own.get(group, others) for group in table["group"]}


def _line(
    ax: Axes, y: int, values: Values, mean: float | None, ends: tuple[float, float] | None, look: dict[str, Any]
) -> None:
    spread = 0.22 * np.cos(np.arange(len(values)) * 2.4)  # so that equal values don't hide each other
    ax.plot(values, y + spread, markersize=5, alpha=0.5, linewidth=0, **look)
    if mean is not None:
        bar = None if ends is None else [[mean - ends[0]], [ends[1] - mean]]
        ax.errorbar(mean, y, xerr=bar, color=INK, marker="D", markersize=6, capsize=5, zorder=5)


def _ends(row: Mapping[str, Any], low: float | None, high: float | None) -> tuple[float, float] | None:
    """Of the interval: the bootstrap's where the row has one, else Student's, if it is known."""
    if row["bca_low"] is not None:
        return row["bca_low"], row["bca_high"]
    return None if row["half"] is None or low is None or high is None else (low, high)


def _method(table: pl.DataFrame) -> str:
    return "mean and 95 % interval" + ("\n(BCa where skewed)" if table["bca_low"].is_not_null().any() else "")


def _one(folded: bool) -> str:
    return "a fold of a seed" if folded else "a seed"


def _finish(ax: Axes, labels: list[str], interval: str, one: str) -> None:
    ax.plot([], [], "o", color=GREY, alpha=0.7, label=one)
    ax.errorbar([], [], xerr=[], color=INK, marker="D", capsize=5, label=interval)
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
