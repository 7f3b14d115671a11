"""What a setting is in each group of runs, and what the group is called without it. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from omegaconf import DictConfig, OmegaConf

from . import results
from .apart import configuration, text
from .folder import RunFolder
from .groups import spelt

ALL = "all"  # what a group is called of which nothing is left


def by_setting(runs: pl.DataFrame, key: str) -> pl.DataFrame:
    """The runs with three columns more: `setting` is the value of the key in the run's group, in one spelling for
    all, null where nobody can say it or it follows the seed; `typed` is whether somebody typed it; and `rest` is the
    group's name without it.

    Args:
        runs: as `load` gives them.
        key: of an override: `data`, `data.noise`, `model`.

    Raises:
        ValueError: two groups differ in nothing that was typed but for this key, and have the same value of it.
    """
    spelled: dict[str, str] = {}  # as it was met first
    rows = []
    for (group,), part in runs.group_by("group", maintain_order=True):
        folders = [Path(folder) for folder in part["folder"].unique(maintain_order=True)]
        said = [results.read(RunFolder(folder).result) for folder in folders]
        typed = [result["group"][key] for result in said if key in result["group"]]
        value = typed[0] if typed else _configured(folders, key)
        if value is not None:
            value = spelled.setdefault(spelt(value), value)
        rest = _without(str(group), key, {*typed, str(value)}) or (ALL if key == "model" else said[0]["model"])
        rows.append({"group": group, "setting": value, "typed": bool(typed), "rest": rest})
    found = pl.DataFrame(rows, schema={"group": str, "setting": str, "typed": bool, "rest": str})
    _told_apart(found, key)
    return runs.join(found, on="group", maintain_order="left")


def data_sets(runs: pl.DataFrame) -> pl.DataFrame:
    """The runs with the choice of `data` of each group, also of those whose results don't say it; null where nobody
    can.
    """
    found = dict(runs.group_by("group", maintain_order=True).agg(pl.col("data").drop_nulls().first()).iter_rows())
    silent = runs.filter(pl.col("group").is_in([group for group, data in found.items() if data is None]))
    for (group,), part in silent.group_by("group", maintain_order=True):
        found[group] = _configured([*map(Path, part["folder"])], "data")
    return runs.with_columns(pl.col("group").replace_strict(found, return_dtype=pl.String).alias("data"))


def in_order(values: Sequence[str]) -> list[str]:
    """Numbers by their size; what else there is stays as it came."""
    try:
        return sorted(values, key=float)
    except ValueError:
        return [*values]


def _configured(folders: Sequence[Path], key: str) -> str | None:
    """The choice of a group, or the value of a key, where it is the same whatever the seed."""
    cfg = configuration(folders)
    if cfg is None:
        return None
    choices = _selected(cfg, "job.choices")
    if isinstance(choices, DictConfig) and key in choices:
        return text(choices[key])
    first = _selected(cfg, key)
    cfg.seed = (cfg.get("seed") or 0) + 1
    follows = first != _selected(cfg, key)
    return None if follows or first is None or isinstance(first, DictConfig) else text(first)


def _selected(cfg: DictConfig, key: str) -> Any:
    """None where there is nothing, or it follows what only the run itself knew."""
    try:
        return OmegaConf.select(cfg, key)
    except Exception:
        return None


def _without(label: str, key: str, values: set[str]) -> str:
    """The label less the key: as whole settings, which spaces stand between."""
    words = f" {label} "
    for value in values:
        words = words.replace(f" {value} " if key == "model" else f" {key}={value} ", " ", 1)
    return words.strip()


def _told_apart(found: pl.DataFrame, key: str) -> None:
    same = found.filter(pl.col("setting").is_not_null()).group_by("setting", "rest", maintain_order=True).agg("group")
    for value, rest, groups in same.iter_rows():
        if len(groups) > 1:
            named = " and ".join(groups)
            raise ValueError(
                f"{named} are both {rest} with {key}={value}, and differ in what was not typed: "
                "name the folders of one of them"
            )
