"""Whole commands: ten seeds, the memory of a worker, and the seconds to an error that somebody else has stated."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean, median

from src.lab.bench import race
from src.lab.places import ROOT
from src.lab.records import results

from .. import mnist

SEEDS, FRESH = 10, 2  # of a sweep, and how many of the fresh processes are timed for it
EPOCHS = 25
STATED_ERROR, STATED_SECONDS = 2.46, 112.0  # of the strongest public implementation of the same task, a run
TRAIN = ["-m", "src.train", "model=ws_aux_bn_dropout"]


def ten_seeds(folder: Path, threads: int) -> float:
    return race.command(*TRAIN, "-m", f"seed=range({SEEDS})", f"epochs={EPOCHS}", f"hydra.sweep.dir={folder}")


def fresh_processes(folder: Path, threads: int) -> float:
    """With as many threads as torch takes by itself. A few are timed, and multiplied."""
    script = ["-m", "src.experiments.pairs.bench.template", str(mnist.MNIST20K)]
    fresh = (race.command(*script, str(seed), str(EPOCHS), str(folder), threads=None) for seed in range(FRESH))
    return sum(fresh) * SEEDS / FRESH


def worker(folder: Path, threads: int) -> float:
    """MB that only a sweep's worker has, where two of them train."""
    swept = ["-m", "seed=0,1", "epochs=4", f"hydra.sweep.dir={folder}", "hydra.launcher.workers=2"]
    most = _private([*TRAIN, *swept])
    return median(size for depth, size in most.values() if depth == 2)  # of the process that all are forked from


def fresh_process(folder: Path, threads: int) -> float:
    """MB that only a single run's process has."""
    return max(size for _, size in _private([*TRAIN, "epochs=4", "figures=never", f"hydra.run.dir={folder}"]).values())


def _private(arguments: list[str]) -> dict[int, tuple[int, float]]:
    """By process that a command starts: how far below the command it is, and the most MB that it had for itself."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=quiet, stderr=quiet)
    most: dict[int, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    while process.poll() is None:
        below = [(process.pid, 0)]
        for pid, depth in below:
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:  # it has ended
                continue
            size = sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1e3
            most[pid] = depth, max(most[pid][1], size)
            below += [(int(child), depth + 1) for child in children]
        time.sleep(0.05)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return dict(most)


def best(folder: Path, threads: int) -> float:
    """Seconds of a run of `best`, cut to four epochs, whose mean error over four seeds is no more than what is stated.

    Raises:
        ValueError: it is more.
    """
    race.command("-m", "src.train", "model=best", "epochs=4", "-m", "seed=range(4)", f"hydra.sweep.dir={folder}")
    found = [results.read(path) for path in folder.glob(f"*/{results.NAME}")]
    error = mean(result["metrics"]["test/error"] for result in found)
    if error > STATED_ERROR:
        raise ValueError(f"best errs {error:.2f} % after four epochs, more than the {STATED_ERROR} % that were stated")
    return mean(float(result["seconds"]["total"]) for result in found)
