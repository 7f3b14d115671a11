"""Figures over several tasks, as tables. Imports no torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from ...records.metrics import decimals
from .. import tables
from ..estimates import Estimate
from .words import Content

NONE = Estimate(*np.full(3, np.nan))


def table(over: Content) -> pl.DataFrame:
    """A row for each of what is compared, the best by IQM first, those without all tasks last: `n`, `mean`, `std` (ddof
    1) of each task; `mean` and `iqm` over them, and `ahead`, the probability that the baseline is better on the same
    task, with the ends of their 95 % intervals, `mean low`, `mean high`.
    """
    known = over.runs.filter(pl.col("setting").is_not_null())
    rows = dict.fromkeys([*over.whole, *over.scores, *known["rest"]])
    return pl.DataFrame([_row(over, row) for row in rows], infer_schema_length=None)


def _row(over: Content, row: str) -> dict[str, Any]:
    found: dict[str, Any] = {"group": row}
    for task in over.tasks:
        values, name = over.scores.get(row, {}).get(task, np.array([])), f"{over.key}={task}"
        found[f"{name} n"] = len(values)
        found[f"{name} mean"] = float(values.mean()) if len(values) else None
        found[f"{name} std"] = float(values.std(ddof=1)) if len(values) > 1 else None
    whole = over.whole.get(row)
    of_all = {"mean": whole and whole.mean, "iqm": whole and whole.iqm, "ahead": over.ahead.get(row)}
    return found | {name + end: x for name, each in of_all.items() for end, x in (each or NONE).numbers().items()}


def cells(over: Content, found: pl.DataFrame) -> tables.Cells:
    """Mean ± std over the runs of each task; over the tasks, with 95 % intervals."""
    tasks = [f"{over.key}={task}" for task in over.tasks]
    headings = [tables.heading(over.metric, over.meaning), *tasks, f"mean of {len(tasks)} tasks (95 %)", "IQM (95 %)"]
    rows = []
    for row in found.iter_rows(named=True):
        figures = [(row[f"{task} mean"], row[f"{task} std"]) for task in tasks]
        said = [tables.mean_std(*each, decimals(each[1] or each[0] or 0.0, over.meaning.unit)) for each in figures]
        whole = over.whole.get(row["group"])
        all_tasks = [each.said(over.meaning) for each in whole[:2]] if whole else [tables.DASH] * 2
        rows.append([row["group"], *said, *all_tasks])
    return [headings, *rows]
