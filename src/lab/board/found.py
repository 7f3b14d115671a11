"""Which folders hold event files, of which runs, and which of these are the newest. Imports no torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..records.folder import RunFolder

EVENTS = "tfevents"  # in the name of each event file
OF_SEVERAL = ".lock", "multirun.yaml"  # one of them lies beside runs that were made together


class Events(NamedTuple):
    """A folder of event files.

    Attributes:
        folder: with whatever else it holds below.
        run: the folder of the run that wrote them; None where no run did, as with the means over seeds.
        time: when they were written last.
    """

    folder: Path
    run: Path | None
    time: float


class Found(NamedTuple):
    """All event files below some folders, and all runs, those without event files too."""

    events: list[Events]
    runs: list[Path]


def below(folders: Iterable[Path]) -> Found:
    """What there is at any depth, links followed, each once.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    been: set[tuple[int, int]] = set()
    found = Found([], [])
    for folder in folders:
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}")
        run = next((each for each in folder.absolute().parents if _is_run(each)), None)
        for place, its_run in _walk(folder.absolute(), run, been):
            if place == its_run:
                found.runs.append(place)
            if times := [entry.stat().st_mtime for entry in os.scandir(place) if EVENTS in entry.name]:
                found.events.append(Events(place, its_run, max(times)))
    outer = {each.folder for each in found.events}
    return Found([each for each in found.events if not outer.intersection(each.folder.parents)], found.runs)


def newest(folder: Path, found: Found) -> Path | None:
    """The sweep, or whatever else made several runs in one place below the folder, that wrote the newest event files;
    the run alone where it is of none.
    """
    last = max((each for each in found.events if each.run), key=lambda each: each.time, default=None)
    if not last or not last.run:
        return None
    inside = [each for each in last.run.parents if folder.absolute() in each.parents]
    return next((each for each in inside if any((each / mark).exists() for mark in OF_SEVERAL)), last.run)


def _walk(folder: Path, run: Path | None, been: set[tuple[int, int]]) -> Iterator[tuple[Path, Path | None]]:
    """Each folder, and that of the run which it is part of."""
    waiting = [(folder, run)]
    while waiting:
        place, run = waiting.pop()
        try:
            where = place.stat()
            if (known := (where.st_dev, where.st_ino)) in been:
                continue
            been.add(known)
            run = place if _is_run(place) else run
            inner = sorted(each.path for each in os.scandir(place) if each.is_dir() and not each.name.startswith("."))
        except OSError:  # it has gone meanwhile, or may not be looked into
            continue
        yield place, run
        waiting += [(Path(each), run) for each in reversed(inner)]


def _is_run(folder: Path) -> bool:
    return RunFolder(folder).configuration.is_file()
