"""Metrics over the epochs, from the runs' `metrics.csv`: their mean and std over a group's seeds. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

METRICS_CSV = "metrics.csv"


class Band(NamedTuple):
    """At each epoch that was measured: the mean over seeds, and the std (ddof 1; NaN where a seed is alone)."""

    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]


def over_seeds(runs: pl.DataFrame) -> dict[str, dict[str, Band]]:
    """By group and metric, from the completed runs that `report.load` found; a group without files is left out."""
    completed = runs.filter(pl.col("status") == "completed").select("group", "folder").unique(maintain_order=True)
    found = {}
    for (group,), part in completed.group_by("group", maintain_order=True):
        paths = [Path(folder, METRICS_CSV) for folder in part["folder"]]
        if bands := _bands(map(_read, filter(Path.is_file, paths))):
            found[str(group)] = bands
    return found


def _read(path: Path) -> dict[str, dict[int, float]]:
    """By metric and epoch. By hand: thousands of small files are read faster so."""
    heading, *rows = (line.split(",") for line in path.read_text().splitlines())
    return {name: {int(row[0]): float(row[i]) for row in rows} for i, name in enumerate(heading) if "/" in name}


def _bands(curves: Iterable[dict[str, dict[int, float]]]) -> dict[str, Band]:
    """A run that stopped early counts for the epochs that it has."""
    values: dict[str, dict[int, list[float]]] = {}
    for curve in curves:
        for name, points in curve.items():
            for epoch, value in points.items():
                values.setdefault(name, {}).setdefault(epoch, []).append(value)
    found = {}
    for name, by_epoch in values.items():
        epochs = sorted(by_epoch)
        several = (by_epoch[epoch] for epoch in epochs)
        spreads = [(np.mean(each), np.std(each, ddof=1) if len(each) > 1 else np.nan) for each in several]
        mean, std = np.array(spreads, float).T
        found[name] = Band(np.array(epochs), mean, std)
    return found
