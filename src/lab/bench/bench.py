"""All races of the engine and of the experiments, run and shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from ..places import experiments
from ..records import source
from ..records.atomic import put
from ..records.environment import cpu
from ..report import screen
from . import engine, race
from .growth import Growth
from .race import Race, Row

NAME = "bench.json"


def races() -> list[Race]:
    """Those of the engine, and of each experiment whose `bench` has a list `RACES`."""
    return [race for module in _modules() for race in getattr(module, "RACES", [])]


def growths() -> list[Growth]:
    """Likewise, `GROWTHS`."""
    return [growth for module in _modules() for growth in getattr(module, "GROWTHS", [])]


def _modules() -> Iterator[ModuleType]:
    yield engine
    for folder in experiments():
        name = f"src.experiments.{folder.name}"
        if find_spec(name) and find_spec(f"{name}.bench"):
            yield import_module(f"{name}.bench")


def names(found: Sequence[Race]) -> list[str]:
    return [peer.name for each in found for peer in each.peers]


def run(found: Sequence[Race], only: Sequence[str], folder: Path) -> list[Row]:
    """Runs the races of the names in `only`, or all; says what comes as it comes, and writes it into the folder.

    Raises:
        ValueError: there is no such name.
    """
    if unknown := [name for name in only if name not in names(found)]:
        raise ValueError(f"there is no {unknown[0]} here: there are {', '.join(names(found))}")
    chosen = [each for each in found if not only or {*names([each])} & {*only}]
    rows: list[Row] = []
    about = machine()
    print(" · ".join(f"{key} {value}" for key, value in about.items() if not isinstance(value, dict)))
    for each in chosen:
        cores = os.cpu_count() or 1
        for threads in [1, cores] if each.all_cores and cores > 1 else [1]:
            print(f"{each.says}, {threads} thread{'s' * (threads > 1)} …", flush=True)
            new = race.run(each, only or names(chosen), threads)
            rows += new
            print(*(f"  {row.name}: {row.ratio:.3f} times {row.peer}" for row in new), sep="\n", flush=True)
            put(json.dumps([row._asdict() | about for row in rows], indent=1), folder / NAME)
    screen.show(table(rows))
    return rows


def machine() -> dict[str, Any]:
    """What the figures depend on: the processor, how busy it is, and the versions."""
    return {
        "processor": cpu(),
        "cores": os.cpu_count(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": source.versions(),
    }


def table(rows: Sequence[Row]) -> list[list[str]]:
    """One line a peer: medians, their ratio with its lowest and highest, and whether the goal is held."""
    cells = [["name", "ours", "peer", "ratio", "lowest to highest", "goal", ""]]
    for row in rows:
        held = {None: "", True: "held", False: "not held"}[row.held]
        ours, peer = (f"{value:.3g} {row.unit}" for value in (row.ours_s, row.peer_s))
        spread = f"{row.lowest:.3f} to {row.highest:.3f} ({row.rounds})" if row.rounds > 1 else "one round"
        goal = "" if row.goal is None else f"≤ {row.goal:g}"
        cells.append([row.name, ours, peer, f"{row.ratio:.3f}", spread, goal, held])
    return cells
