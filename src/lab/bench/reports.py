"""Reports of many results, which are invented."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from .. import config
from ..records import results
from . import race


@cache
def many(count: int) -> TemporaryDirectory[str]:
    """A folder of results, a hundred seeds a group, made once; it goes with the process."""
    folder = TemporaryDirectory()
    blank = results.blank(config.compose("seed=0"))
    chance = random.Random(0)
    for number in range(count):
        group, seed = divmod(number, 100)
        names = [blank["objective"], *(f"{split}/figure_{i}" for split in ("train", "val", "test") for i in range(4))]
        figures = {name: round(chance.gauss(2 + group / 10, 0.5), 6) for name in names}
        own = {
            "status": "completed",
            "seed": seed,
            "epochs": 25,
            "parameters": 1000,
            "overrides": [f"optimizer.lr={group + 1}", f"seed={seed}"],
            "group": blank["group"] | {"optimizer.lr": str(group + 1)},
            "group_hash": f"{group:012x}",
            "equal_hash": f"{group:012x}",
            "metrics": figures,
            "runs": [results.of_network(seed, 25, figures)],
            "seconds": {"fit": 10.0, "total": 12.0},
        }
        run = Path(folder.name, f"{group}_{seed}")
        run.mkdir()
        results.write(blank | own, run)
    return folder


def report_of(count: int) -> Callable[[Path, int], float]:
    """The whole command, a process of its own."""

    def measure(folder: Path, threads: int) -> float:
        return race.command("-m", "src.report", many(count).name, threads=threads)

    return measure


def load_of(count: int) -> Callable[[Path, int], float]:
    """`json.load` alone, in this process."""

    def measure(folder: Path, threads: int) -> float:
        def load() -> None:
            for path in Path(many(count).name).glob(f"*/{results.NAME}"):
                with path.open() as file:
                    json.load(file)

        return race.clock(load)

    return measure
