"""A command that is refused leaves no folder behind. Imports no torch."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

BEFORE = {".hydra", ".lock", "multirun.yaml", "train.log"}  # what there is before anything is trained


def withdraw(folder: Path) -> None:
    """Takes away the folder of a run or a sweep in which nothing was trained, and those around it that are empty then,
    up to where the command was given.
    """
    folder, here = folder.resolve(), Path.cwd()
    found = list(folder.iterdir()) if folder.is_dir() else []
    if {path.name for path in found} - BEFORE:
        return
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with suppress(OSError):  # it is in use, or not ours
        for place in (folder, *folder.parents):
            if place == here or here.is_relative_to(place):
                break
            place.rmdir()
            if not place.is_relative_to(here):
                break
