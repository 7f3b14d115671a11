"""Where a run came from, as files in its folder: its code, where that differs from its commit, and its environment.
Imports no torch.
"""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .atomic import put
from .shape import Before

ENVIRONMENT = "environment.json"
PATCH = "source.patch"
TOLD = "git", "code", "device", "processor", "versions"  # what a result says of its origin, too

Part = dict[str, Any]


def record(folder: Path, made: Part, patch: bytes, epoch: int | None) -> None:
    """Writes `environment.json` and, where the code differs from its commit, `source.patch`. A run that goes on leaves
    both as they were; where something is another now, that comes into `environment_2.json`, `source_2.patch`, ….

    Args:
        folder: of the run.
        made: what it is made with now.
        patch: what its code has beside the commit; empty where nothing.
        epoch: from which it goes on; None where it begins.
    """
    if epoch is None:
        for path in files(folder):
            path.unlink()
    parts, patches = _parts(folder), _numbered(folder, PATCH)
    now = made | {"patch": None}
    if patch:
        same = [path for path in patches if path.read_bytes() == patch]
        path = same[0] if same else _next(folder, PATCH, len(patches))
        now["patch"] = path.name
        if not same:
            put(patch, path)
    if not parts or parts[-1] | {"epoch": None} != now | {"epoch": None}:
        put(json.dumps({"epoch": epoch or 0} | now, indent=1), _next(folder, ENVIRONMENT, len(parts)))


def files(folder: Path) -> list[Path]:
    """All that `record` has written."""
    return [*_numbered(folder, ENVIRONMENT), *_numbered(folder, PATCH)]


def before(folder: Path) -> list[Part]:
    """What a run was made with in turn, each `until` an epoch, before it went on with what is there now."""
    found: list[Part] = []
    for part, after in pairwise(_parts(folder)):
        said = {key: part.get(key) for key in TOLD} | {"until": after.get("epoch")}
        with suppress(ValidationError):  # changed by a person
            Before.model_validate(said)
            found += [said] * any(part.get(key) != after.get(key) for key in TOLD)
    return found


def _parts(folder: Path) -> list[Part]:
    """Nothing of what somebody has made unreadable."""
    found: list[Part] = []
    for path in _numbered(folder, ENVIRONMENT):
        try:
            part = json.loads(path.read_bytes())
        except (OSError, ValueError):
            part = None
        found.append(part if isinstance(part, dict) else {})
    return found


def _numbered(folder: Path, name: str) -> list[Path]:
    """`source.patch`, `source_2.patch`, … as far as they go."""
    found: list[Path] = []
    while (path := _next(folder, name, len(found))).is_file():
        found.append(path)
    return found


def _next(folder: Path, name: str, number: int) -> Path:
    path = folder / name
    return path.with_stem(f"{path.stem}_{number + 1}") if number else path
