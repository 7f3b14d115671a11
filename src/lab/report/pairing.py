"""Which run of a group is compared with which of the baseline. Imports no torch."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from . import lost
from .fingerprints import FINGERPRINT


class Pairing(NamedTuple):
    """Runs as `lost.ways` gives them.

    Attributes:
        others: those of all groups but the baseline.
        theirs: those of the baseline.
        both: each of the others beside that of the baseline with the same seed and fold, whose columns end on `_right`.
        shared: of `both`, those of which both have a figure.
        folded: the groups with folds.
    """

    others: pl.DataFrame
    theirs: pl.DataFrame
    both: pl.DataFrame
    shared: pl.DataFrame
    folded: set[str]


def pairing(runs: pl.DataFrame, baseline: str, metric: str) -> Pairing:
    """Paired by seed and, where there are folds, by fold."""
    fold = pl.col("fold") if "fold" in runs.columns else pl.lit(None)
    told = lost.ways(runs, metric).with_columns(fold.cast(pl.Int64).alias("fold"))
    told = told.select("group", "seed", "fold", metric, "way", *(name for name in FINGERPRINT if name in runs.columns))
    theirs, others = told.filter(pl.col("group") == baseline), told.filter(pl.col("group") != baseline)
    both = others.join(theirs, on=["seed", "fold"], nulls_equal=True, maintain_order="left")
    shared = both.filter(pl.col("way").is_null() & pl.col("way_right").is_null())
    folded = {*told.filter(pl.col("way").is_null() & pl.col("fold").is_not_null())["group"]}
    return Pairing(others, theirs, both, shared, folded)
