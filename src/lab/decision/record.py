"""How the runs in a folder were looked at: more looks than were planned err more often. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..records.atomic import put
from ..records.staged import DECISION


class Design(NamedTuple):
    """What the error rate rests on: which groups are compared in what, how surely, and at which numbers of seeds."""

    metric: str
    baseline: str
    groups: list[str]
    margin: float | None
    most: int
    alpha: float
    looks: list[int]


def begin(folder: Path, design: Design) -> list[Design]:
    """Writes the design down, and returns those by which the folder was looked at before, if they were others."""
    earlier = [each for each in read(folder) if each != design]
    _write(folder, [*earlier, design], None)
    return earlier


def end(folder: Path, outcome: Sequence[dict[str, Any]]) -> None:
    """Writes down what was decided by the last design."""
    _write(folder, read(folder), outcome)


def read(folder: Path) -> list[Design]:
    """The designs by which the runs in a folder were looked at."""
    with suppress(OSError, ValueError, TypeError, KeyError):  # none, or a file that somebody has changed
        return [Design(**each) for each in json.loads((folder / DECISION).read_text())["designs"]]
    return []


def _write(folder: Path, designs: Sequence[Design], outcome: Sequence[dict[str, Any]] | None) -> None:
    plain = {"designs": [each._asdict() for each in designs], "groups": outcome}
    put(json.dumps(plain, indent=1, allow_nan=False), folder / DECISION)
