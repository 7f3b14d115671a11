"""The figures of a part, as PNG files. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from matplotlib.figure import Figure as Sheet

from ..dashboard.style import BLUE, GREY, MARKERS, PAPER, SERIES, VERMILLION, marked, over_epochs, png, sheet, styled
from ..records.curves import Band, over_seeds
from ..records.folder import RunFolder
from ..records.metrics import UNKNOWN, Axis, Meaning, title
from ..records.reported import Panel
from ..records.runs import meanings_of
from ..report import compare, figures
from ..report.against import against
from ..report.labels import literal, name
from ..sweep.plan import Job
from .asked import members
from .measure import Row


class Measured(NamedTuple):
    """What a part has come to: its jobs, its rows, and what `load` gives of them."""

    jobs: list[Job]
    rows: list[Row]
    runs: pl.DataFrame


def drawn(panel: Panel, measured: Measured) -> bytes | None:
    """The figure, as a PNG file's bytes; None where nothing that it shows was measured."""
    if panel.draw == "own":
        return _own(panel, measured.jobs)
    runs = _of(panel, measured)
    meanings = meanings_of(runs)
    if panel.draw == "stated":
        rows = [row for row in measured.rows if row.n and (not panel.metrics or row.metric in panel.metrics)]
        return png(stated(rows, meanings)) if rows else None
    if panel.draw == "curves":
        found = courses(over_seeds(runs), panel.metrics, meanings)
        return png(found) if found else None
    axis = Axis(panel.metrics[0], meanings.get(panel.metrics[0], UNKNOWN))
    if not len(runs) or axis.metric not in runs.columns or not len(compare.completed(runs, axis.metric)):
        return None
    table = compare.summary(runs, axis.metric, axis.meaning)
    if panel.draw == "seeds":
        return png(figures.seeds(runs, table, axis))
    if panel.draw == "size":
        return png(size(table, axis, [row for row in measured.rows if row.metric == axis.metric]))
    return png(against(table, panel.key, axis))


@styled
def stated(rows: Sequence[Row], meanings: Mapping[str, Meaning]) -> Sheet:
    """What is reported beside what is measured, a line each."""
    names = [f"{row.group}, {title(row.metric.removeprefix('test/'))}" for row in rows]
    figure = sheet(0.085 * max(map(len, names)) + 6, 1.5 + 0.5 * len(rows))
    ax = figure.add_subplot()
    for y, row in enumerate(rows):
        assert row.mean is not None
        ax.errorbar(row.mean, y + 0.1, xerr=row.half, color=BLUE, marker="o", capsize=5, linewidth=2)
        ax.errorbar(
            row.reported.mean, y - 0.15, xerr=row.reported.std, color=VERMILLION, marker="D", capsize=3, linewidth=1,
            markerfacecolor=PAPER,
        )  # fmt: skip
    ax.errorbar([], [], xerr=[], color=BLUE, marker="o", capsize=5, label="measured: mean and 95 % interval")
    ax.errorbar([], [], xerr=[], color=VERMILLION, marker="D", markerfacecolor=PAPER, label="reported, ± std if given")
    ax.set_yticks(range(len(rows)), [literal(each) for each in names])
    ax.set_ylim(len(rows) - 0.5, -0.6)
    units = dict.fromkeys(meanings.get(row.metric, UNKNOWN).unit for row in rows)
    ax.set_xlabel(", ".join(filter(None, units)))
    ax.grid(axis="y", visible=False)
    figure.legend(loc="outside lower center", ncols=2)
    return figure


@styled
def courses(
    bands: Mapping[str, Mapping[str, Band]], metrics: Sequence[str], meanings: Mapping[str, Meaning]
) -> Sheet | None:
    """Metrics over the epochs, each in its own axes: the mean over seeds of each group, and a std to both sides."""
    there = [metric for metric in metrics if any(metric in band for band in bands.values())]
    if not there:
        return None
    figure = sheet(5.2 * len(there), 4.2)
    for ax, metric in zip(figure.subplots(1, len(there), squeeze=False)[0], there, strict=True):
        tops = []
        for colour, marker, (group, band) in zip(SERIES, MARKERS, bands.items(), strict=False):
            if metric in band:
                epochs, mean, std = band[metric].epochs + 1, band[metric].mean, np.nan_to_num(band[metric].std)
                ax.plot(epochs, mean, color=colour, **marked(marker, len(mean)), label=name(group).lstrip("_"))
                ax.fill_between(epochs, mean - std, mean + std, color=colour, alpha=0.15, linewidth=0)
                tops.append(np.nanmax(mean[len(mean) // 10 :], initial=0))
        over_epochs(ax)
        ax.set_ylabel(literal(Axis(metric, meanings.get(metric, UNKNOWN)).label))
        ax.set_ylim(0, 1.3 * max(tops) or 1)
    handles = ax.get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=min(3, len(bands)))
    _some(figure, len(bands))
    return figure


def _some(figure: Sheet, groups: int) -> None:
    """Says so where not all of the groups are shown."""
    if groups > len(SERIES):
        figure.suptitle(f"The first {len(SERIES)} of {groups} groups", fontsize=12)


@styled
def size(table: pl.DataFrame, axis: Axis, rows: Sequence[Row]) -> Sheet:
    """A metric over the number of parameters: mean and 95 % interval of each group, and what is reported of it."""
    figure = sheet(7, 4.5)
    ax = figure.add_subplot()
    trained = table.filter(pl.col("n") > 0)
    for colour, marker, row in zip(SERIES, MARKERS, trained.iter_rows(named=True), strict=False):
        label = name(row["group"])
        ax.errorbar(row["parameters"], row["mean"], row["half"], color=colour, marker=marker, capsize=5, label=label)
        for other in (other for other in rows if {*row["group"].split()} <= {*other.group.split()}):
            ax.plot(row["parameters"], other.reported.mean, "d", markersize=9, color=colour, markerfacecolor=PAPER)
    ax.plot([], [], "d", markersize=9, color=GREY, markerfacecolor=PAPER, label="reported")
    ax.set(xlabel="parameters", ylabel=literal(axis.label))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.margins(x=0.2, y=0.2)
    if axis.meaning.unit == "%":
        ax.set_ylim(bottom=0)
    figure.legend(loc="outside lower center", ncols=3)
    _some(figure, len(trained))
    return figure


def _of(panel: Panel, measured: Measured) -> pl.DataFrame:
    """The runs of the groups that the panel is of."""
    if not panel.of:
        return measured.runs
    folders = [str(job.folder.path) for group in panel.of for job in members(group, measured.jobs)]
    return measured.runs.filter(pl.col("folder").is_in(folders))


def _own(panel: Panel, jobs: list[Job]) -> bytes | None:
    """What the first run of the group has drawn itself."""
    for job in (job for group in panel.of for job in members(group, jobs)):
        path: Path = RunFolder(job.folder.path).figures / f"{panel.name}.png"
        if path.is_file():
            return path.read_bytes()
    return None
