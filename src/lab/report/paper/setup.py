"""What the groups of a report have in common in their configurations, and what differs. Imports no torch."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

from ...records.apart import Settings, settings, varied
from ..tables import DASH, Cells

MOST = 40  # groups, of which the configurations are read


class Setup(NamedTuple):
    """The settings of some groups.

    Attributes:
        differ: a table of those that are not the same in all.
        shared: those that are, by name.
        notes: what can't be said, and why.
    """

    differ: Cells
    shared: dict[str, str]
    notes: list[str]


def setup(runs: pl.DataFrame, groups: list[str]) -> Setup:
    """From the configurations that the runs were made with, which lie in their folders."""
    folders = runs.group_by("group", maintain_order=True).agg(pl.col("folder").unique(maintain_order=True))
    places = {group: [*map(Path, each)] for group, each in folders.iter_rows()}
    found = {group: settings(places[group]) for group in groups[:MOST]}
    known = {group: each for group, each in found.items() if each is not None}
    notes = [f"Of {len(groups)} groups the first {MOST} were looked at."] if len(groups) > MOST else []
    if without := [group for group in found if group not in known]:
        notes.append(f"No .hydra/config.yaml was found in the run folders of {', '.join(without)}.")
    told = varied(known.values())
    columns = [["group", *known], *([name, *(_said(each, name) for each in known.values())] for name in told)]
    by_group = [list(row) for row in zip(*columns, strict=True)]
    by_setting = [["setting", *known], *columns[1:]]
    differ = by_setting if len(told) > len(known) else by_group if told else []
    shared = {name: value for name, value in next(iter(known.values()), {}).items() if name not in {*told}}
    return Setup(differ, shared, notes)


def _said(found: Settings, name: str) -> str:
    return found.said(name) if name in found else DASH
