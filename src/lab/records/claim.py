"""Whose a folder is: nobody writes over what is there, and a command that is refused leaves none. Imports no torch."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any, ClassVar

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from .folder import RunFolder, locked

BEFORE = {".hydra", ".lock", "multirun.yaml", "train.log"}  # what there is before anything is trained


class Claim(Callback):
    """Hydra calls it before a run or a sweep writes anything: what is in a run's folder already is not written over."""

    place: ClassVar[Path | None] = None  # of the command in this process

    @classmethod
    def take_back(cls) -> Path | None:
        """Withdraws the folder, where nothing has come of it; returns it where something has."""
        if cls.place is not None:
            withdraw(cls.place)
        return cls.place if cls.place and cls.place.is_dir() else None

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        with suppress(Exception):
            Claim.place = Path(config.hydra.sweep.dir)

    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        try:
            folder = RunFolder(config.hydra.run.dir)
            Claim.place = folder.path
        except Exception:  # Hydra comes across the same, and says it
            return
        if config.resume is None and folder.result.exists():  # of an exception, Hydra would make a warning
            said = f"{quote(f'resume={folder.path}')} goes on with it, or choose another folder"
            raise SystemExit(f"error: {folder.path} holds a run already: {said}")


def withdraw(folder: Path) -> None:
    """Takes away the folder of a run or a sweep in which nothing was trained, and those around it that are empty then,
    up to where the command was given.
    """
    folder, here = folder.resolve(), Path.cwd()
    found = list(folder.iterdir()) if folder.is_dir() else []
    if not found or {path.name for path in found} - BEFORE:
        return
    with suppress(OSError, RuntimeError):  # it is not ours, or in use
        with locked(folder):
            for path in found:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            (folder / ".lock").unlink(missing_ok=True)
        for place in (folder, *folder.parents):
            if place == here or here.is_relative_to(place):
                break
            place.rmdir()
            if not place.is_relative_to(here):
                break
