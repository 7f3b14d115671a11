"""What is measured of what is reported, and whether the two agree. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl

from ..records.metrics import UNKNOWN, Meaning, decimals
from ..records.reported import Figure, Part
from ..records.runs import meanings_of
from ..report import tables
from ..report.significance import half_interval
from ..sweep.plan import Job
from .asked import members

# What a result has beside its metrics.
OF_COLUMNS = {"parameters": Meaning(better="lower"), "epochs": Meaning(), "seconds": Meaning("s", "lower")}
HEADINGS = ["what", "metric", "reported", "measured", "95 % interval", "n", "seconds", "verdict"]

Verdict = Literal["agrees", "better", "worse", "higher", "lower", "missing", "one seed"]


class Row(NamedTuple):
    """A figure that is reported, beside what is measured.

    Attributes:
        group: whose figure it is.
        metric: of it.
        reported: what is stated.
        n: how many networks were measured.
        mean: of them; None where there is none.
        std: of them, None of a single one; likewise `half` of the 95 % interval of the mean.
        seconds: that a run took.
        verdict: see `verdict`.
        spread: whether what is reported is of a single run, and no farther from the mean than a std.
    """

    group: str
    metric: str
    reported: Figure
    n: int
    mean: float | None
    std: float | None
    half: float | None
    seconds: float | None
    verdict: Verdict
    spread: bool


def rows(part: Part, jobs: list[Job], runs: pl.DataFrame | None) -> list[Row]:
    """A row for each figure that is reported in the part."""
    meanings = {**(meanings_of(runs) if runs is not None else {}), **OF_COLUMNS}
    found = []
    for group, figures in part.rows.items():
        folders = [str(job.folder.path) for job in members(group, jobs)]
        own = None if runs is None else runs.filter(pl.col("folder").is_in(folders) & (pl.col("status") == "completed"))
        found += [row(group, metric, figure, own, meanings.get(metric, UNKNOWN)) for metric, figure in figures.items()]
    return found


def row(group: str, metric: str, reported: Figure, runs: pl.DataFrame | None, meaning: Meaning) -> Row:
    """What the completed runs of a group say to a figure."""
    values = np.array([])
    if runs is not None and metric in runs.columns:
        values = runs[metric].cast(pl.Float64).drop_nulls().drop_nans().to_numpy()
    n = len(values)
    mean = float(values.mean()) if n else None
    std = float(values.std(ddof=1)) if n > 1 else None
    half = float(half_interval(np.array(std), np.array(n))) if std is not None else None
    seconds: Any = runs["seconds"].mean() if n and runs is not None else None
    alone = reported.std is None and reported.runs in (None, 1)
    spread = alone and mean is not None and std is not None and abs(reported.mean - mean) <= std
    return Row(
        group, metric, reported, n, mean, std, half, seconds, verdict(reported.mean, mean, half, meaning), spread
    )


def verdict(reported: float, mean: float | None, half: float | None, meaning: Meaning) -> Verdict:
    """`agrees` where what is reported lies in the 95 % interval of the measured mean, else whether that mean is
    `better` or `worse`; of a metric that has no better direction, `higher` or `lower`.
    """
    if mean is None:
        return "missing"
    if half is None:
        return "one seed"
    if abs(reported - mean) <= half:
        return "agrees"
    higher = mean > reported
    if meaning.better is None:
        return "higher" if higher else "lower"
    return "better" if higher == (meaning.better == "higher") else "worse"


def cells(rows: Iterable[Row], meanings: Mapping[str, Meaning]) -> tables.Cells:
    """The rows as a table."""
    known = {**meanings, **OF_COLUMNS}
    table = [HEADINGS]
    for each in rows:
        meaning = known.get(each.metric, UNKNOWN)
        note = f" ({each.reported.note})" if each.reported.note else ""
        seconds = tables.mean_std(each.seconds, None, 1)
        said = each.verdict + (", within a run's spread" if each.spread and each.verdict in ("better", "worse") else "")
        figures = [str(each.n), seconds, said]
        table.append([each.group + note, tables.heading(each.metric, meaning), *_figures(each, meaning), *figures])
    return table


def _figures(row: Row, meaning: Meaning) -> list[str]:
    """What is reported, what is measured, and the interval of its mean."""
    (reported, their_std, *_), mean = row.reported, row.mean
    if row.metric in ("parameters", "epochs"):
        ours = tables.DASH if mean is None else _whole(mean, row.std)
        interval = f"{_whole(mean - row.half)} to {_whole(mean + row.half)}" if mean and row.half else tables.DASH
        return [_whole(reported, their_std), ours, interval]
    digits = decimals(row.std or mean or reported, meaning.unit)
    given = len(f"{reported:g}".partition(".")[2])  # digits behind their point
    theirs = tables.mean_std(reported, their_std, max(digits, min(given, 2)))
    return [theirs, tables.mean_std(mean, row.std, digits), tables.interval(mean, row.half, digits)]


def _whole(mean: float, std: float | None = None) -> str:
    """`414,418`, or `6,749 ± 3,120`: of what is counted."""
    return f"{mean:,.0f}" + (f" ± {std:,.0f}" if std else "")
