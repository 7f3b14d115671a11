"""Runs of a group that gave no figure, and were left out of what is compared. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

WAYS = {"diverged": "diverged", "failed": "failed", "interrupted": "was interrupted", "unmeasured": "has no figure"}
LOST = ("runs", *WAYS)
BASELINE = "baseline_"  # before each of these, in a row of differences, of the other group
CLEAN = 0.1  # of its runs a group may lose and still win: 9 of 10 pairs won is p = 0.02 by signs, 8 of 10 is 0.11

# What a run failed of may be no fault of what was trained, as when there is no room to write; that it diverged is.
_diverged = pl.col("error").cast(pl.String).str.contains(r"\bdiverged: ").fill_null(value=False)


def ways(runs: pl.DataFrame, metric: str) -> pl.DataFrame:
    """The runs with a column `way`: one of `WAYS`, or null of those that have the metric."""
    error = runs if "error" in runs.columns else runs.with_columns(pl.lit(None, pl.String).alias("error"))
    return error.with_columns(
        pl.when((pl.col("status") == "completed") & pl.col(metric).is_not_null())
        .then(None)
        .when(pl.col("status") == "completed")
        .then(pl.lit("unmeasured"))
        .when(pl.col("status") == "interrupted")
        .then(pl.lit("interrupted"))
        .when(_diverged)
        .then(pl.lit("diverged"))
        .otherwise(pl.lit("failed"))
        .alias("way")
    )


def count(group: pl.DataFrame) -> dict[str, int]:
    """Of the runs of a group, as `ways` gives them: how many they are, and how many were lost in each way."""
    found = group["way"].to_list()
    return {"runs": len(found)} | {way: found.count(way) for way in WAYS}


def of_both(own: dict[str, int], theirs: dict[str, int]) -> dict[str, int]:
    """The counts of a group and of the baseline, as a row of differences has them."""
    return own | {BASELINE + name: number for name, number in theirs.items()}


def from_row(row: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """The counts of the group and of the baseline, of a row of differences."""
    own, theirs = ({name: row[before + name] for name in LOST} for before in ("", BASELINE))
    return own, theirs


def share(lost: dict[str, int]) -> float:
    """Of the group's runs, those that gave no figure."""
    return sum(lost[way] for way in WAYS) / max(1, lost["runs"])


def told(group: str, lost: dict[str, Any], one: str) -> str:
    """`a diverged on 2 and failed on 1 of 10 seeds`, or nothing where none was lost."""
    parts = [f"{verb} on {lost[way]}" for way, verb in WAYS.items() if lost[way]]
    if not parts:
        return ""
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
    return f"{group} {listed} of {lost['runs']} {one}{'s' * (lost['runs'] != 1)}"
