"""A run that is there already but for the way its numbers were typed. Imports no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from ..records import results
from ..records.folder import RunFolder
from ..records.signature import equal_hash, fold

Identity = tuple[str, int, int | None, int]


class Equals:
    """Of a job, the folder of a run that equals it: in one that was made with `optimizer.lr=1.0` lies what a sweep over
    `optimizer.lr=1` asks for, though folders are named by hashes that tell the two apart.
    """

    def __init__(self) -> None:
        self._planned: dict[tuple[Path, str, Identity], RunFolder] = {}
        self._names: dict[Path, dict[str, list[str]]] = {}  # in a sweep's folder, by all of them but their hash
        self._read: dict[Path, Identity | None] = {}

    def of(self, folder: RunFolder, cfg: DictConfig) -> RunFolder:
        """The folder of such a run that is complete, or of a job that was asked for before; else the job's own, in
        which there is nothing yet.
        """
        own: Identity = equal_hash(cfg), cfg.seed, fold(cfg), cfg.runs
        for path in self._beside(folder.path):
            if path not in self._read:
                self._read[path] = _completed(RunFolder(path))
            if self._read[path] == own:
                return RunFolder(path)
        return self._planned.setdefault((folder.path.parent, _named(folder.path.name), own), folder)

    def _beside(self, path: Path) -> list[Path]:
        """Those that differ from it in the last part of their name, which is the hash."""
        if path.parent not in self._names:
            there = path.parent.iterdir() if path.parent.is_dir() else ()
            names: dict[str, list[str]] = {}
            for each in sorted(there):
                names.setdefault(_named(each.name), []).append(each.name)
            self._names[path.parent] = names
        return [path.with_name(name) for name in self._names[path.parent].get(_named(path.name), [])]


def _named(folder: str) -> str:
    """The name of a run's folder, model and seed, without the hash."""
    return folder.rpartition("_")[0]


def _completed(folder: RunFolder) -> Identity | None:
    """What the complete run in a folder is; None where there is none."""
    try:
        result: dict[str, Any] = results.read(folder.result)
        if result["status"] != "completed":
            return None
        same = result.get("equal_hash") or equal_hash(folder.recorded())  # older results don't say it
        return same, result["seed"], result.get("fold"), result.get("networks", 1)
    except (OSError, ValueError):
        return None
