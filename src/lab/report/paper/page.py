"""A report as a page that stands alone: nothing in it comes from elsewhere. Imports no torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import polars as pl
from matplotlib.figure import Figure

from ...places import project
from ...records.metrics import capital
from ...records.mixed import seeds
from ..content import Content
from ..head import head
from .inline import inline
from .setup import setup
from .templates import pages

SAID = {
    "git": "Commit",
    "code": "Code, as a hash",
    "versions": "Versions",
    "device": "Device",
    "processor": "Processor",
}
MOST = 3  # different ones that are named


class Link(NamedTuple):
    """To the folder of a run, by its seeds; relative to the page."""

    name: str
    link: str


def page(report: Content, figures: Mapping[str, Figure], folder: Path, command: str) -> str:
    """The page, which is to lie in the folder.

    Args:
        report: what it is about.
        figures: by title.
        folder: from where it leads to those of the runs.
        command: that makes it again, if there is one.
    """
    shown = head(report)
    groups = shown.summary["group"].to_list()
    links = _folders(shown.runs, folder)
    return pages().get_template("report.html.jinja").render(
        project=project(),
        title=capital(report.axis.label),
        counts=_counts(report.runs, len(report.summary)),
        sentences=shown.sentences(),
        notes=report.notes(),
        figures={name: inline(figure, name) for name, figure in figures.items()},
        tables=shown.cells(),
        setup=setup(report.runs, report.summary["group"].to_list()),
        made=dict(_made(report.runs)),
        command=command,
        folders={group: links[group] for group in groups},
    )  # fmt: skip


def _counts(runs: pl.DataFrame, groups: int) -> str:
    """`20 runs in 4 groups, 1 failed`, or `12 networks of 3 runs in 1 group`."""
    times, networks = runs["folder"].n_unique(), len(runs)
    trained = [_several(networks, "network")] if networks != times else []
    others = runs.filter(pl.col("status") != "completed")["status"].value_counts(sort=True).iter_rows()
    said = f"{' of '.join([*trained, _several(times, 'run')])} in {_several(groups, 'group')}"
    return ", ".join([said, *(f"{count} {status}" for status, count in others)])


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _made(runs: pl.DataFrame) -> Iterable[tuple[str, str]]:
    """What the results say of the code and the machine that they were made with."""
    for column, name in SAID.items():
        found = runs[column].drop_nulls().unique(maintain_order=True).to_list() if column in runs.columns else []
        more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
        yield name, "; ".join(found[:MOST]) + more if found else "the results do not say"


def _folders(runs: pl.DataFrame, place: Path) -> dict[str, list[Link]]:
    """By group one for each run, whichever networks it trained, with what else is to be known of it."""
    trained: dict[str, dict[tuple[str, str, str | None], list[int]]] = {}
    said = pl.col("note") if "note" in runs.columns else pl.lit(None, pl.String)
    for group, folder, status, note, seed in runs.select("group", "folder", "status", said, "seed").iter_rows():
        trained.setdefault(group, {}).setdefault((folder, status, note), []).append(seed)
    return {
        group: [
            Link(_called(each, status, note), _relative(folder, place))
            for (folder, status, note), each in of_group.items()
        ]
        for group, of_group in trained.items()
    }


def _called(of: list[int], status: str, note: str | None) -> str:
    more = ", ".join([*[status] * (status != "completed"), *filter(None, [note])])
    return seeds(of) + (f" ({more})" if more else "")


def _relative(folder: str, place: Path) -> str:
    return quote(Path(os.path.relpath(folder, place)).as_posix()) + "/"
