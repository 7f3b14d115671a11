"""What runs were told, whether they are done or at work. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..records import results
from ..records.apart import LOADER
from ..records.folder import RunFolder
from ..records.groups import spelt
from ..records.signature import group_hash, grouping
from .found import Events

Runs = Mapping[Path, results.Result]  # by folder


def told(found: Iterable[Events]) -> Runs:
    """Of the runs that say it: from their results or, while they are at work, their configurations."""
    folders = dict.fromkeys(each.run for each in found if each.run)
    return {folder: result for folder in folders if (result := _of(folder))}


def swept(runs: Iterable[results.Result]) -> list[str]:
    """The names of the settings that were not told all runs alike, as they were typed; the seed last."""
    alone = {"data.fold": "fold", "runs": "networks", "seed": "seed"}  # what groups are not told apart by
    said = [result["group"] | {name: str(result.get(key)) for name, key in alone.items()} for result in runs]
    every = sorted(
        dict.fromkeys(name for each in said for name in each), key=lambda name: (name == "seed", name != "model")
    )
    return [name for name in every if len({spelt(each.get(name, "")) for each in said}) > 1]


def _of(folder: Path) -> results.Result | None:
    """None where a file can't be read, or says too little."""
    place = RunFolder(folder)
    for path, reading in (place.result, results.read), (place.configuration, _begun):
        try:
            return _once(reading, path, path.stat().st_mtime_ns)
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
            continue
    return None


@cache
def _once(reading: Callable[[Path], results.Result], path: Path, changed: int) -> results.Result:
    """Files are read again when they have changed."""
    return reading(path)


def _begun(path: Path) -> results.Result:
    """As far as the configuration of a run says what its result will."""
    plain: dict[str, Any] = yaml.load(path.read_bytes(), LOADER)
    job = plain["job"]
    return {
        "schema": results.SCHEMA,
        "model": job["model"],
        "seed": plain["seed"],
        "networks": plain["runs"],
        "fold": (plain.get("data") or {}).get("fold"),
        "group": {"model": job["model"]} | grouping(job["overrides"]),
        "group_hash": group_hash(plain),
    }
