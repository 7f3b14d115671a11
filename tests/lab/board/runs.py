"""A few runs of the toy experiment, as two sweeps and a single run would leave them."""

from __future__ import annotations

import shutil
from pathlib import Path

from src.lab.records.runs import load
from src.lab.report.report import Report
from tests.lab.running import run

RATES, SEEDS = ("0.1", "0.3"), (0, 1)


def sweep(folder: Path) -> Path:
    """Two learning rates with two seeds each, and what a report makes of them."""
    for rate in RATES:
        for seed in SEEDS:
            run(folder / f"toy_seed{seed}_{rate[-1]}f37aa", f"optimizer.lr={rate}", f"seed={seed}", "epochs=2")
    (folder / ".lock").touch()
    Report(load([folder])).write(folder, paper=False)
    return folder


def copied(folder: Path, to: Path) -> Path:
    """The same runs, made once more."""
    shutil.copytree(folder, to)
    return to
