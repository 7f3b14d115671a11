"""Metrics over the epochs, from the runs' `metrics.csv`: their mean and std over a group's seeds. Imports no torch."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .folder import RunFolder
from .metrics import STD

if TYPE_CHECKING:
    import polars as pl

EPOCH = "epoch"


class Band(NamedTuple):
    """At each epoch that was measured: the mean over seeds, and the std (NaN where a seed is alone)."""

    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    def of_several(self) -> Band:
        """At the epochs at which no seed is alone."""
        several = np.isfinite(self.std)
        return Band(self.epochs[several], self.mean[several], self.std[several])


def over_seeds(runs: pl.DataFrame) -> dict[str, dict[str, Band]]:
    """By group and metric, from the completed runs that `load` found; a group without files is left out. Where a run
    trained several networks at once, each counts as the seed that it is.
    """
    import polars as pl  # not for `last`, all that a run asks for

    completed = runs.filter(pl.col("status") == "completed")
    folders = completed.group_by("group", "folder", maintain_order=True).len()
    found = {}
    for (group,), part in folders.group_by("group", maintain_order=True):
        files = ((RunFolder(folder).metrics, networks) for _, folder, networks in part.iter_rows())
        if bands := _bands((read(path), networks) for path, networks in files):
            found[str(group)] = bands
    return found


def table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The columns of a `metrics.csv`, the epoch first, and its rows, without those that are not whole, as a kill in the
    middle of one leaves it. Nothing where the file is not there, or is another one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        heading, *rows = [*csv.reader(text[: text.rfind("\n") + 1].splitlines())] or [[]]
    except (OSError, csv.Error):
        return [], []
    if heading[:1] != [EPOCH] or len(set(heading)) < len(heading):
        return [], []
    return heading, [row for row in rows if len(row) == len(heading) and row[0].isdecimal() and len(row[0]) < 10]


def read(path: Path) -> dict[str, dict[int, float]]:
    """A `metrics.csv` by column and epoch, without what was not measured. By hand: thousands of small files are read
    faster so.
    """
    heading, rows = table(path)
    columns = {name: i for i, name in enumerate(heading) if name != EPOCH}
    try:
        return {name: {int(row[0]): float(row[i]) for row in rows if row[i]} for name, i in columns.items()}
    except ValueError:  # somebody has changed the file
        return {name: {int(row[0]): float(row[i]) for row in rows if _is_number(row[i])} for name, i in columns.items()}


def last(path: Path) -> dict[str, float]:
    """Of each metric in a `metrics.csv` the last value; of the networks trained at once, their mean."""
    columns = {name: values for name, values in read(path).items() if values and not name.startswith(STD)}
    return {name: values[max(values)] for name, values in columns.items()}


def _bands(files: Iterable[tuple[dict[str, dict[int, float]], int]]) -> dict[str, Band]:
    """A run that stopped early counts for the epochs that it has."""
    values: dict[str, dict[int, list[tuple[int, float, float]]]] = {}
    for columns, networks in files:
        for name in (name for name in columns if not name.startswith(STD)):
            stds = columns.get(STD + name, {})
            for epoch, mean in columns[name].items():
                each = networks, mean, stds.get(epoch, 0.0)
                values.setdefault(name, {}).setdefault(epoch, []).append(each)
    return {name: _band(by_epoch) for name, by_epoch in values.items()}


@np.errstate(invalid="ignore", over="ignore")  # of a run that diverged
def _band(values: dict[int, list[tuple[int, float, float]]]) -> Band:
    """At each epoch, of each run: the number of its networks, their mean and their std."""
    means, stds = [], []
    for epoch in (epochs := sorted(values)):
        n, mean, std = np.array(values[epoch]).T
        middle = (n * mean).sum() / n.sum()
        squares = ((n - 1) * std**2 + n * (mean - middle) ** 2).sum()
        means.append(middle)
        stds.append(np.sqrt(squares / (n.sum() - 1)) if n.sum() > 1 else np.nan)
    return Band(np.array(epochs), np.array(means), np.array(stds))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
