"""What the terminal says of a dashboard: what it shows, and what of it is empty and why. Imports no torch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..records.apart import configuration
from ..records.folder import RunFolder
from . import SERIES
from .found import Found


def nothing(folders: Sequence[Path], runs: Sequence[Path]) -> str:
    """Why there is nothing to show below the folders, which hold these runs."""
    where, there = listed(folders), _count(len(runs), "run")
    if any(not RunFolder(run).result.is_file() for run in runs):
        return f"nothing to show in {where} yet: {there} there, begun a moment ago or broken off"
    if runs:
        return f"nothing to show in {where}: {there}, and no event file, which logger=tensorboard writes"
    return f"nothing to show in {where} yet: train something first, with python -m src.train"


def shown(found: Found, folders: Sequence[Path], newest: bool, ticked: int) -> Iterator[str]:
    """What is shown, in lines.

    Args:
        found: what there is below the folders.
        folders: that are shown.
        newest: whether they were chosen for being that.
        ticked: up to how many runs all are ticked, in most tabs.
    """
    with_events = {each.run for each in found.events if each.run}
    means = sum(not each.run for each in found.events)
    more = f" and {_count(means, 'mean')} over seeds" if means else ""
    yield f"{_count(len(with_events), 'run')}{more} of {listed(folders)}{', the newest' if newest else ''}"
    if len(found.events) > ticked:
        where = "all tabs" if len(found.events) > SERIES else "all tabs but TIME SERIES and HPARAMS"
        yield f"none is ticked in {where}, as there are more than {ticked}: write a filter above their names (seed=0$)"
    if without := set(found.runs) - with_events:
        yield f"not shown: {_count(len(without), 'run')} without event files, which logger=tensorboard writes"
    if _draws_nothing(found):
        yield "IMAGES and GRAPHS are not there: what is swept draws nothing, unless figures=always"


def listed(folders: Sequence[Path]) -> str:
    """As they are found from here."""
    return " and ".join(os.path.relpath(folder) for folder in folders)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _draws_nothing(found: Found) -> bool:
    """Whether there would be pictures, had somebody asked for them."""
    if any(RunFolder(run).figures.is_dir() for run in found.runs):
        return False
    cfg = configuration(found.runs)
    return bool(cfg and cfg.get("views") and cfg.get("figures") == "single")
