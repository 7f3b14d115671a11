"""The reports of some runs, one for what can be compared: shown, and written. Imports no torch."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote

import polars as pl

from ..records.atomic import named
from ..records.runs import objectives
from ..records.setting import data_sets
from . import listing, screen
from .compare import groups_with
from .report import Report


def reports(runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None) -> list[Report]:
    """A report for each data set that the runs are trained on and each objective that they name, or the metric.

    Raises:
        ValueError: there is no such metric, or no such group.
    """
    runs = data_sets(runs)
    if baseline:
        groups_with(baseline, runs)
    named = [metric] if metric else [*objectives(runs), None]
    parts = [
        (data, part)
        for (data,), own in runs.group_by("data", maintain_order=True)
        for each in named
        if len(part := own if metric else own.filter(pl.col("objective").eq_missing(each)))
    ]
    several = len({data for data, _ in parts}) > 1
    return [
        Report(part, metric, baseline if baseline in part["group"] else None, str(data) if several and data else None)
        for data, part in parts
    ]


def publish(
    runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None, folder: Path | None = None,
    each: bool = False, command: str = "", paper: bool = True,
) -> None:  # fmt: skip
    """Shows the `reports` of the runs, with `each` of the runs if wanted, and, where there is a folder, writes them
    there, `summary`, `summary_2`, …, see `Report.write`; shown they are also where that fails.
    """
    written = list[str]()
    for i, report in enumerate(reports(runs, metric, baseline), 1):
        try:
            if folder:
                with named(folder):
                    report.write(folder, name := "summary" if i == 1 else f"summary_{i}", command, paper)
                    written.append(f"{os.path.relpath(folder)}/{name}.html")
                    if each:
                        listing.write(report, folder, "runs" if i == 1 else f"runs_{i}")
        finally:
            report.show()
            if each:
                listing.show(report)
    if written:
        pages, kinds = ", ".join(written), ", .tex, .pdf, .svg" if paper else ""
        beside = "it" if len(written) == 1 else "each"
        screen.say(f"As a page: {pages}; beside {beside} .csv, .json, .md, .png{kinds}")


def again(folder: Path) -> str:
    """The command that writes the report of the runs in a folder into it, from here."""
    here = quote(os.path.relpath(folder))
    return f"python -m src.report {here} --out {here}"
