"""Where minidl is the faster one, and from where on torch.nn is."""

from __future__ import annotations

from pathlib import Path

import torch

from src.lab.bench.growth import Growth
from src.lab.bench.race import clock

from . import loops, torch_nn

SAMPLES = 1000
STABLE = 1e-3  # a learning rate at which no width diverges


def _widths(width: int) -> tuple[int, ...]:
    return 2, width, width, width, 2


def minidl(runs: int | None, width: int, batch: int) -> float:
    """Microseconds of a step of one network."""
    torch.set_num_threads(1)
    epochs = _epochs((runs or 1) * width * width, batch)
    seconds = loops.seconds(loops.loop(runs, _widths(width), batch, STABLE), epochs)
    return seconds / epochs / (SAMPLES // batch) / (runs or 1) * 1e6


def in_torch(width: int, batch: int) -> float:
    torch.set_num_threads(1)
    net, epochs = torch_nn.network(_widths(width)), _epochs(width * width, batch)
    torch_nn.train(net, *loops.points(), 1, batch, STABLE)
    seconds = clock(lambda: torch_nn.train(net, *loops.points(), epochs, batch, STABLE))
    return seconds / epochs / (SAMPLES // batch) * 1e6


def _epochs(weights: int, batch: int) -> int:
    """So many that they take some tenths of a second."""
    return max(1, min(100, 2_000_000 // weights, 20 * batch // 10))


def _of_runs(runs: int, folder: Path) -> float:
    return minidl(runs, 25, 100)


GROWTHS = [
    Growth(
        "minidl_runs",
        "a step of one of so many networks of 2-25-25-25-2 that are trained at once, on batches of 100",
        "networks at once",
        [1, 3, 10, 30, 100, 300, 1000],
        {"minidl": _of_runs, "torch.nn, one by one": lambda runs, folder: in_torch(25, 100)},
        "µs",
    ),
    Growth(
        "minidl_width",
        "a step of a network with three hidden layers of so many units, on batches of 100",
        "units",
        [25, 64, 128, 256, 512, 1024],
        {
            "minidl": lambda width, folder: minidl(None, width, 100),
            "torch.nn": lambda width, folder: in_torch(width, 100),
        },
        "µs",
    ),
    Growth(
        "minidl_batch",
        "a step of 2-25-25-25-2 on batches of so many points",
        "points",
        [5, 10, 50, 100, 500, 1000],
        {
            "minidl": lambda batch, folder: minidl(None, 25, batch),
            "torch.nn": lambda batch, folder: in_torch(25, batch),
        },
        "µs",
    ),
]
