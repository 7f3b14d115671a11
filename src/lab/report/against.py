"""A metric against a setting that groups are told apart by. Imports no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from ..dashboard.style import MARKERS, SERIES, sheet, styled
from ..records.metrics import Axis
from .labels import counted, literal, name

TICKS = 10  # more values than this are not named one by one


@styled
def against(table: pl.DataFrame, key: str, axis: Axis) -> Figure:
    """A metric against a setting that groups are told apart by (`optimizer.lr`), mean ± std over seeds; what else tells
    them apart (the model) makes lines of their own.
    """
    figure = sheet(7, 4.5)
    ax = figure.add_subplot()
    lines: dict[str, list[tuple[float, float, float]]] = {}
    seeds: list[int] = []
    for row in table.filter(pl.col("mean").is_not_null()).iter_rows(named=True):
        value, line = setting(row["group"], key)
        if value is not None:
            lines.setdefault(line, []).append((value, row["mean"], math.nan if row["std"] is None else row["std"]))
            seeds.append(row["n"])
    drawn = sorted(lines.items(), key=lambda line: _natural(line[0]))[: len(SERIES)]
    for colour, marker, (line, points) in zip(SERIES, MARKERS, drawn, strict=False):
        x, mean, std = np.array(sorted(points)).T
        ax.errorbar(x, mean, std, color=colour, marker=marker, capsize=4, label=name(line).lstrip("_") or None)
    values = sorted({x for _, points in drawn for x, *_ in points})
    if values[0] > 0 and values[-1] > 5 * values[0]:
        ax.set_xscale("log")
    if len(values) <= TICKS:
        ax.set_xticks(values)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.set(xlabel=literal(key), ylabel=literal(axis.label))
    if axis.meaning.unit == "%":
        ax.set_ylim(bottom=0)
    left = f", {len(SERIES)} of {len(lines)} lines" if len(lines) > len(SERIES) else ""
    ax.set_title(("One seed each" if max(seeds) == 1 else f"Mean ± std over {counted(seeds, 'seed')}") + left)
    if len(lines) > 1:
        figure.legend(loc="outside lower center", ncols=2)
    return figure


def _natural(text: str) -> list[tuple[float, str]]:
    """What `size=20` comes by before `size=100`."""
    parts = re.split(r"(\d+(?:\.\d+)?)", text)
    return [(float(part), "") if i % 2 else (-math.inf, part) for i, part in enumerate(parts)]


def setting(group: str, key: str) -> tuple[float | None, str]:
    """The number that a group's label gives the key, and the rest of the label; None where it gives none."""
    parts = group.split(" ")
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and name == key:
            try:
                number = float(value)
            except ValueError:
                break
            return number if math.isfinite(number) else None, " ".join(other for other in parts if other != part)
    return None, group


def numeric_keys(groups: Iterable[str]) -> list[str]:
    """The settings to which the groups' labels give three numbers or more: what a metric can be drawn against."""
    values: dict[str, set[float | None]] = {}
    for group in groups:
        for part in group.split(" "):
            key, equals, _ = part.partition("=")
            if equals:
                values.setdefault(key, set()).add(setting(group, key)[0])
    return [key for key, found in values.items() if len(found - {None}) >= 3]
