"""What every project waits for, whatever it trains: a command's start, its help, and a report of many results."""

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
from .race import Peer, Race

RESULTS = 10_000


def start(folder: Path, threads: int) -> float:
    return race.command("-m", "src.train", "epochs=1", f"hydra.run.dir={folder}", threads=threads)


def imports(folder: Path, threads: int) -> float:
    return race.command("-c", "import torch, pytorch_lightning", threads=threads)


def usage(folder: Path, threads: int) -> float:
    return race.command("-m", "src.train", "--help", threads=threads)


def hydra(folder: Path, threads: int) -> float:
    return race.command("-c", "import hydra", threads=threads)


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


RACES = [
    Race(
        "python -m src.train epochs=1",
        start,
        [Peer("startup", imports, 1.0, "python -c 'import torch, pytorch_lightning'")],
        rounds=5,
        warm=True,
    ),
    Race(
        "python -m src.train --help",
        usage,
        [Peer("help", hydra, 2.0, "python -c 'import hydra'")],
        rounds=9,
        warm=True,
    ),
    Race(
        f"python -m src.report of {RESULTS:,} results",
        report_of(RESULTS),
        [Peer("report_10k", load_of(RESULTS), 2.0, "json.load of the same files")],
        warm=True,
    ),
]
