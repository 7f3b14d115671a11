"""What has come of a source, as a file that pages and READMEs are made from. Imports no torch."""

from __future__ import annotations

import json
import os
import platform
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from ..records import results
from ..records.atomic import put
from ..records.mixed import mixed
from ..records.reported import Part, sources
from ..records.runs import meanings_of
from ..report import tables
from ..report.names import file_names
from ..report.report import Report
from ..sweep.plan import Job
from ..sweep.told import runs_of
from .asked import Asked, Wanted, command
from .draw import Measured, drawn
from .measure import cells, rows

Outcome = dict[str, Any]  # what stands in the file
LEFT_OUT = (  # columns, as their headings begin
    "median", "best (", "worst (", "least (", "most (", "effect size", "std 95 %", tables.SKEWED, "left out", "P(",
)  # fmt: skip


def record(asked: Asked, wanted: Wanted, folder: Path) -> Outcome:
    """Puts what was measured of a source into the folder, `<experiment>_<name>.json`, and its figures beside it."""
    stem = file_names([f"{asked.experiment}_{asked.name}"]).popitem()[1]
    parts = [
        _part(part, jobs, folder, f"{stem}_{i}")
        for i, (part, jobs) in enumerate(zip(asked.source.parts, asked.jobs, strict=True), 1)
    ]
    said = asked.source
    found = {
        "experiment": asked.experiment,
        "name": asked.name,
        "title": said.title or f"{asked.name}, {asked.experiment}",
        "protocol": said.protocol,
        "filled": said.filled,
        "quick": wanted.quick,
        "seeds": wanted.seeds,
        "overrides": list(wanted.overrides),
        "verdicts": dict(Counter(row["verdict"] for part in parts for row in part["rows"])),
        "made": made(job for jobs in asked.jobs for job in jobs),
        "parts": parts,
    }
    put(json.dumps(found, indent=1, ensure_ascii=False), folder / f"{stem}.json")
    return found


def made(jobs: Iterable[Job]) -> dict[str, str]:
    """When, of what and on what the completed runs were made, as far as they say it."""
    runs = [job.folder.result for job in jobs if job.folder.completed()]
    found = [results.read(path) for path in runs]
    revisions = sorted({f"{result['git'][:12]}" for result in found if result.get("git")})
    versions = sorted({f"{name} {said}" for result in found for name, said in (result.get("versions") or {}).items()})
    newest = max((path.stat().st_mtime for path in runs), default=0.0)
    return {
        "on": time.strftime("%Y-%m-%d", time.gmtime(newest)) if runs else "",
        "git": ", ".join(revisions),
        "versions": ", ".join(versions),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }


def _part(part: Part, jobs: list[Job], folder: Path, stem: str) -> Outcome:
    runs = runs_of(jobs)
    measured = rows(part, jobs, runs)
    found: Outcome = {
        "title": part.title,
        "text": part.text,
        "command": command(part),
        "rows": [row._asdict() | {"reported": row.reported._asdict()} for row in measured],
        "tables": [cells(measured, meanings_of(runs) if runs is not None else {})] if measured else [],
        "sentences": [],  # what the differences mean
        "notes": [],  # what should be known of the figures
        "figures": [],
    }
    if runs is None:
        return found | {"notes": ["nothing was measured"]}
    if part.compare:
        report = Report(runs, part.compare)
        found["tables"] += [brief(each) for each in report.cells()]
        found["sentences"] += report.sentences()
    found["notes"] += [*failed(runs), *(report.notes() if part.compare else mixed(runs))]
    for i, panel in enumerate(part.figures, 1):
        if picture := drawn(panel, Measured(jobs, measured, runs)):
            put(picture, folder / f"{stem}_{i}.png")
            found["figures"].append({"title": panel.title, "file": f"{stem}_{i}.png"})
        else:
            found["notes"].append(f"{panel.title}: nothing to be drawn was measured")
    return found


def brief(cells: tables.Cells) -> tables.Cells:
    """The table without what a page has no room for."""
    kept = [i for i, name in enumerate(cells[0]) if not name.startswith(LEFT_OUT)]
    return [[row[i] for i in kept] for row in cells]


def failed(runs: pl.DataFrame) -> list[str]:
    """A sentence for each group of which runs did not complete."""
    lost = runs.filter(pl.col("status") != "completed")
    return [
        f"{group}: {len(each)} of {len(runs.filter(pl.col('group') == group))} not completed, {each['error'][0]}"
        for (group,), each in lost.group_by("group", maintain_order=True)
    ]


def read(folder: Path) -> list[Outcome]:
    """Every source that has been recorded in the folder and is still known, in the order of their names."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    known = [each for each in found if each["name"] in sources().get(each["experiment"], {})]
    return sorted(known, key=lambda each: (each["name"], each["title"]))


def markdown(part: Outcome, sentences: bool = True) -> str:
    """The tables and notes of a part, with or without what the differences mean in words."""
    text = "\n".join(tables.markdown(each) for each in part["tables"])
    said = [*(part["sentences"] if sentences else []), *part["notes"]]
    return "\n".join(filter(None, [text, "".join(f"- {tables.literal(each)}\n" for each in said)]))
