"""The part of a report of very many groups that one can look through. Imports no torch."""

from __future__ import annotations

from copy import copy
from typing import Protocol, TypeVar

import polars as pl

from ..records.metrics import Meaning

MOST = 200  # groups


class Tables(Protocol):
    """What a `Report` has by group; `others` are the groups that were left out of it."""

    runs: pl.DataFrame
    meaning: Meaning
    baseline: str
    summary: pl.DataFrame
    differences: pl.DataFrame
    others: int


T = TypeVar("T", bound=Tables)


def head(report: T) -> T:
    """Of many groups the first `MOST` and the baseline, with the figures that they have among all of them."""
    if report.others or len(report.summary) <= MOST:
        return report
    kept = pl.col("group").is_in([*report.summary["group"].head(MOST), report.baseline])
    shown = copy(report)
    shown.summary, shown.differences, shown.runs = (
        each.filter(kept) for each in (report.summary, report.differences, report.runs)
    )
    shown.others = len(report.summary) - len(shown.summary)
    return shown


def left_out(report: Tables) -> list[str]:
    """That there are groups which are not shown, if there are."""
    if not report.others:
        return []
    which, groups = "best" if report.meaning.better else "first", len(report.summary) + report.others
    return [f"the {which} {MOST} of {groups:,} groups; `--out` writes a summary.csv with all of them"]
