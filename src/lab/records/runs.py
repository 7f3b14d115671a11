"""Runs as a data frame, read from their result files. Imports no torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from . import results
from .metrics import UNKNOWN, Meaning

COLUMNS = ("group", "seed", "status", "error", "parameters", "epochs", "seconds", "folder", "objective", "monitor")
SAID = ("units", "better", "unlearnt", "shown")  # what a result says of its metrics


def load(folders: Iterable[Path | str], where: dict[str, list[str]] | None = None) -> pl.DataFrame:
    """A row for each network trained in any run below the folders: the columns of `COLUMNS`, what it says of its
    metrics (`SAID`, as structs), and a column for each metric.

    The same seed of the same group is taken once: what is completed, else what comes first. Where two of them have
    different figures, that is said on stderr.

    Args:
        folders: of runs or sweeps, at any depth.
        where: keeps the runs whose key has one of the values: `{"model": ["small", "big"]}`; a key of the overrides, or
            `seed` or `status`.

    Raises:
        FileNotFoundError: there is no result file below a folder.
        ValueError: there is nothing with such a key, or nothing left.
    """
    found = [each for folder in folders for each in _read_below(Path(folder))]
    found = [(path, result) for path, result in found if _chosen(result, where or {})]
    if not found:
        asked = " and ".join(f"{key}={','.join(values)}" for key, values in (where or {}).items())
        raise ValueError(f"there is no run with {asked}")
    keys = {key for _, result in found for key in result["group"]}
    varied = {key for key in keys if len({result["group"].get(key) for _, result in found}) > 1}
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for path, result in found:
        for row in _rows(path, result, label(result["group"], varied)):
            key = row["group"], row["seed"]
            rows[key] = _one_of(rows[key], row) if key in rows else row
    return pl.DataFrame(list(rows.values()), infer_schema_length=None)


def metrics_of(runs: pl.DataFrame) -> list[str]:
    """The names of the metrics that there are columns of."""
    return [name for name in runs.columns if name not in (*COLUMNS, *SAID)]


def objectives(runs: pl.DataFrame) -> list[str]:
    """What the runs name as their objective, in their order."""
    return runs["objective"].drop_nulls().unique(maintain_order=True).to_list() if "objective" in runs.columns else []


def meanings_of(runs: pl.DataFrame) -> dict[str, Meaning]:
    """What the results say of their metrics, the first that says something."""
    found: dict[str, Meaning] = {}
    for field in Meaning._fields:
        column = {"unit": "units"}.get(field, field)
        for said in runs[column].drop_nulls().unique(maintain_order=True) if column in runs.columns else []:
            for name, value in said.items():
                if value is not None and getattr(found.get(name, UNKNOWN), field) == getattr(UNKNOWN, field):
                    found[name] = found.get(name, UNKNOWN)._replace(**{field: value})
    return found


def listed(runs: pl.DataFrame, column: str) -> list[str]:
    return (
        runs[column].drop_nulls().explode().drop_nulls().unique(maintain_order=True).to_list()
        if column in runs.columns
        else []
    )


def label(group: dict[str, str], varied: set[str]) -> str:
    """`small`, `small optimizer.lr=0.1`, or `optimizer.lr=0.1` where all are the same model: what is the same in all
    groups goes without saying.
    """
    settings = [f"{key}={group[key]}" for key in group if key in varied - {"model"}]
    return " ".join(settings if settings and "model" not in varied else [group["model"], *settings])


def _rows(path: Path, result: results.Result, group: str) -> Iterator[dict[str, Any]]:
    """One for each of the networks that the run trained, or should have."""
    common = {key: result.get(key) for key in ("status", "error", "parameters", "epochs", "objective", "monitor")}
    common |= {"group": group, "seconds": result["seconds"]["total"], "folder": str(path.parent)}
    common |= {key: result[key] or None for key in SAID}
    lost = ({"seed": result["seed"] + r, "metrics": {}} for r in range(result.get("networks", 1)))
    for network in result["runs"] or lost:
        own = {key: network[key] for key in ("seed", "status", "error", "epochs") if key in network}
        yield common | own | network["metrics"]


def _read_below(folder: Path) -> Iterator[tuple[Path, results.Result]]:
    """A run's own folder is not searched any further."""
    found = False
    for place, folders, files in os.walk(folder):
        if results.NAME in files:
            found = True
            folders.clear()
            path = Path(place, results.NAME)
            yield path, results.read(path)
        folders.sort()
    if not found:
        raise FileNotFoundError(f"there is no {results.NAME} in {folder} or below it")


def _chosen(result: results.Result, where: dict[str, list[str]]) -> bool:
    return all(str(result["group"].get(key, result.get(key))) in values for key, values in where.items())


def _one_of(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Of two results of the same seed and group, the one to keep."""
    if first["status"] != "completed" or second["status"] != "completed":
        return second if second["status"] == "completed" else first
    if any(first.get(name) != value for name, value in second.items() if name not in (*COLUMNS, *SAID)):
        folders = f"{first['folder']} and {second['folder']}"
        print(f"{first['group']} seed={first['seed']}: {folders} differ, the first is taken", file=sys.stderr)
    return first
