"""The runs behind each row of a report, one by one. Imports no torch."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Protocol

import polars as pl

from ..records.aspects import device, revision
from ..records.atomic import put
from ..records.metrics import Meaning, decimals, fixed
from . import screen, tables

COLUMNS = (
    "group", "seed", "fold", "status", "error", "epochs", "seconds", "together", "device", "processor", "git", "code",
    "note", "folder",
)  # fmt: skip
LONGEST = 200  # characters of what went wrong and of a note, where there is room


class Content(Protocol):
    """What a `Report` has that is listed."""

    runs: pl.DataFrame
    metric: str
    meaning: Meaning
    summary: pl.DataFrame


def listed(report: Content) -> pl.DataFrame:
    """A row for each network of the report's runs, with its metric: the best group first, and by seed and fold."""
    ranked = report.summary.select("group").with_row_index("rank")
    ordered = report.runs.join(ranked, on="group").sort("rank", "seed", "fold", nulls_last=True, maintain_order=True)
    known = [name for name in COLUMNS if name in ordered.columns]
    return ordered.select(*known[:3], report.metric, *known[3:]) if report.metric else ordered.select(known)


def show(report: Content) -> None:
    """On the screen: what went wrong with a run has what the other columns leave, as has a note, and folders are named
    from where all of them lie.
    """
    runs = listed(report)
    above = common(runs["folder"].drop_nulls().to_list()) if "folder" in runs.columns else ""
    screen.show(cells(report, runs, above), cut=("why", "note"))
    if above:
        screen.say(f"folders in {above}")


def write(report: Content, folder: Path, name: str = "runs") -> None:
    """`runs.csv` into the folder, with all that was recorded."""
    put(listed(report).write_csv(), folder / f"{name}.csv")


def cells(report: Content, runs: pl.DataFrame, above: str) -> tables.Cells:
    """Without the columns in which nothing stands; folders as they lie in the one `above`."""
    headings = ["group", "seed", tables.heading(report.metric, report.meaning), "fold", "status", "why", "epochs"]
    headings += ["seconds", "device", "commit", "note", "folder"]
    unit = report.meaning.unit
    spread = {row["group"]: row["std"] or row["mean"] or 0.0 for row in report.summary.iter_rows(named=True)}
    digits = {group: decimals(each, unit) for group, each in spread.items()}
    several = "processor" in runs.columns and runs["processor"].drop_nulls().n_unique() > 1
    found = []
    for row in runs.iter_rows(named=True):
        metric, why, seconds = row.get(report.metric), row.get("error"), row.get("seconds")
        together = (row.get("together") or "").partition(" ")[0]
        made, on = (row.get("git"), row.get("code")), (row.get("device"), row.get("processor") if several else None)
        folder = row.get("folder")
        found.append([
            row["group"],
            str(row["seed"]),
            tables.DASH if metric is None else fixed(metric, digits[row["group"]]),
            _or_dash(row.get("fold")),
            row["status"],
            _cut(why),
            _or_dash(row.get("epochs")),
            tables.DASH if seconds is None else f"{seconds:.1f}" + (f" for {together}" if together else ""),
            device(on, ()).partition(" ")[2] if on[0] else tables.DASH,
            revision(made, ()).partition(" ")[2] if any(made) else tables.DASH,
            _cut(row.get("note")),
            os.path.relpath(folder, above) if folder and above else _or_dash(folder),
        ])  # fmt: skip
    return tables.without_empty([headings, *found])


def common(folders: list[str]) -> str:
    """The deepest folder in which all of them lie, where there is one that is worth naming."""
    try:
        found = os.path.commonpath({str(Path(folder).parent) for folder in folders})
    except ValueError:  # on several drives, or some of them absolute
        return ""
    return "" if found in (".", os.sep) else found


def _cut(text: str | None) -> str:
    return textwrap.shorten(text, LONGEST, placeholder="…") if text else tables.DASH


def _or_dash(value: object) -> str:
    return tables.DASH if value is None else str(value)
