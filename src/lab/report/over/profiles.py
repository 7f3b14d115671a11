"""Performance profiles: which share of the runs on several tasks is as good as each level. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from ...dashboard.style import MARKERS, SERIES, marked, sheet, styled
from ...records.metrics import Axis
from ..estimates import Estimate
from ..labels import literal, name
from ..significance import Values


@styled
def profiles(rows: Mapping[str, Estimate], levels: Values, axis: Axis, tasks: int) -> Figure:
    """The profile of each row as a step at every level, and its pointwise 95 % band.

    Args:
        rows: by name, `(levels,)`; the first seven are drawn.
        levels: of the metric, ascending.
        axis: the metric.
        tasks: how many there are.
    """
    figure = sheet(7, 4.5)
    ax = figure.add_subplot()
    for colour, marker, (row, each) in zip(SERIES, MARKERS, rows.items(), strict=False):
        ax.step(
            levels, each.value, where="post", color=colour, **marked(marker, len(levels)), label=name(row).lstrip("_")
        )
        ax.fill_between(levels, each.low, each.high, step="post", color=colour, alpha=0.15, lw=0)
    kind = "at most" if axis.meaning.better == "lower" else "above"
    ax.set(xlabel=literal(axis.label), ylabel=f"share of runs {kind} this", ylim=(-0.02, 1.02))
    left = f", {len(SERIES)} of {len(rows)} rows" if len(rows) > len(SERIES) else ""
    ax.set_title(f"Runs on {tasks} tasks, with 95 % bands{left}")
    ax.legend()
    return figure
