"""What every project waits for, whatever it trains: a command's start, its help, and a report of many results."""

from __future__ import annotations

from pathlib import Path

from . import drawing, race
from .growth import Growth
from .race import Peer, Race
from .reports import load_of, report_of

RESULTS = 10_000
SEEDS = 16  # of the sweeps that several numbers of workers go through


def start(folder: Path, threads: int) -> float:
    return race.command("-m", "src.train", "epochs=1", f"hydra.run.dir={folder}", threads=threads)


def imports(folder: Path, threads: int) -> float:
    return race.command("-c", "import torch, pytorch_lightning", threads=threads)


def usage(folder: Path, threads: int) -> float:
    return race.command("-m", "src.train", "--help", threads=threads)


def hydra(folder: Path, threads: int) -> float:
    return race.command("-c", "import hydra", threads=threads)


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
    Race(
        f"a run of the default model, {drawing.EPOCHS} epochs, with everything drawn",
        drawing.drawn,
        [Peer("dashboard", drawing.undrawn, None, "the same with no dashboard at all")],
        warm=True,
    ),
]


def sweep_of(seeds: int, folder: Path) -> float:
    return race.command("-m", "src.train", "epochs=1", "-m", f"seed=range({seeds})", f"hydra.sweep.dir={folder}")


def single_runs(seeds: int, folder: Path) -> float:
    """One of them is timed, and multiplied."""
    return seeds * race.command("-m", "src.train", "epochs=1", "figures=never", f"hydra.run.dir={folder}")


def with_workers(workers: int, folder: Path) -> float:
    swept = ["-m", f"seed=range({SEEDS})", f"hydra.launcher.workers={workers}", f"hydra.sweep.dir={folder}"]
    return race.command("-m", "src.train", "epochs=1", *swept)


GROWTHS = [
    Growth(
        "report_results",
        "python -m src.report of so many results, a hundred seeds a group",
        "results",
        [10, 100, 1_000, 10_000, 100_000],
        {
            "src.report": lambda count, folder: report_of(count)(folder, 1),
            "json.load alone": lambda count, folder: load_of(count)(folder, 1),
        },
        rounds=1,
    ),
    Growth(
        "sweep_seeds",
        "python -m src.train epochs=1 -m seed=range(…), a worker a core",
        "seeds",
        [1, 2, 5, 10, 20, 50, 200],
        {"a sweep": sweep_of, "single runs, one by one": single_runs},
        rounds=1,
    ),
    Growth(
        "sweep_workers",
        f"{SEEDS} seeds of python -m src.train epochs=1, by so many workers",
        "workers",
        [1, 2, 4, 8],
        {"a sweep": with_workers},
        rounds=1,
    ),
]
