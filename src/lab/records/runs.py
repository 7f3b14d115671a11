"""Runs as a data frame, read from their result files. Imports no torch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from .found import below
from .groups import Key, Typed, keys, labels, spelt, whole
from .metrics import UNKNOWN, Meaning
from .results import Result
from .rows import OWN, Network, each_once, rows

Where = Mapping[str, list[str]] | Iterable[tuple[str, list[str]]]


def load(folders: Iterable[Path | str], where: Where = ()) -> pl.DataFrame:
    """A row for each network trained in any run below the folders: the columns of `COLUMNS`, what it says of its
    metrics (`SAID`, as structs), and a column for each metric.

    Runs of the same configuration are a group, however it was typed, and on whichever fold. The same seed and fold of
    the same group is taken once: what is completed, else the newest file. Where two of them have different figures,
    that is said on stderr.

    Args:
        folders: of runs or sweeps, at any depth.
        where: keeps the networks of which each key has one of its values: `{"model": ["small", "big"]}`; a key of the
            overrides, or `seed` (its own, of those that were trained at once too) or `status`.

    Raises:
        FileNotFoundError: there is no result file below a folder.
        ValueError: none can be read, there is nothing with such a key, or nothing left.
    """
    conditions = list(where.items() if isinstance(where, Mapping) else where)
    found = below(folders, everything=any(key == "debug" for key, _ in conditions))
    if hidden := {name for _, result in found for run in result["runs"] for name in OWN & run["metrics"].keys()}:
        names = ", ".join(sorted(hidden))
        print(f"left out: {names}, which have the name of a column; log them as val/… or test/…", file=sys.stderr)
    of_each = keys([result for _, result in found])
    typed: dict[Key, Typed] = {}
    for key, (_, result) in zip(of_each, found, strict=True):
        typed.setdefault(key, {}).update(result["group"])  # of one configuration, so what each says holds for all
    networks = [
        Network(path, result, key, row)
        for key, (path, result) in zip(of_each, found, strict=True)
        for row in rows(path, result)
        if not conditions or _chosen(row, typed[key], result, conditions)
    ]
    if not networks:
        raise _none_with(conditions, {name for each in typed.values() for name in each})
    members: dict[Key, list[tuple[Path, Result]]] = {}
    for network in networks:
        members.setdefault(network.key, []).append((network.path, network.result))
    named, everything = labels(members), whole(members)
    table = [
        {"group": named[network.key], "settings": everything[network.key]} | network.row
        for network in each_once(networks, named)
    ]
    return pl.DataFrame(table, infer_schema_length=None, schema_overrides={"fold": pl.Int64})


def metrics_of(runs: pl.DataFrame) -> list[str]:
    """The names of the metrics that there are columns of."""
    return [name for name in runs.columns if name not in OWN]


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


def _none_with(conditions: list[tuple[str, list[str]]], known: set[str]) -> ValueError:
    asked = " and ".join(f"{key}={','.join(values)}" for key, values in conditions)
    near = sorted(name for name in known for key, _ in conditions if name.endswith(f".{key}"))
    return ValueError(f"there is no run with {asked}" + (f"; did you mean {' or '.join(near)}?" if near else ""))


def _chosen(row: Mapping[str, Any], typed: Typed, result: Result, conditions: Iterable[tuple[str, list[str]]]) -> bool:
    own = {key: row[key] for key in ("seed", "status")}
    known = {"runs": result.get("networks", 1), "data.fold": row["fold"], **typed, **own}
    return all(
        spelt(str(known.get(key, result.get(key)))) in [spelt(value) for value in values] for key, values in conditions
    )
