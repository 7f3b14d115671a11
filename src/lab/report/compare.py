"""A group over its seeds, and groups against each other, paired by seed and fold. It knows nothing of what the numbers
mean but which direction is better. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ..records.metrics import UNKNOWN, Meaning
from .significance import ALPHA, STATISTICS, corrected, difference, half_interval, seeds_needed


def summary(runs: pl.DataFrame, metric: str, meaning: Meaning = UNKNOWN, others: Sequence[str] = ()) -> pl.DataFrame:
    """A row a group, the best first or, where no direction is better, in the order of `runs`: `n` completed, `failed`,
    `unlearnt` (completed, and worse than the bound that `meaning` gives); `mean`, `std` (ddof 1), `half` of the 95 %
    interval of the mean (t), `median`, `best` and `worst` (where none is better: the least and the most) of the metric
    with their seeds; mean and std of the `others`, and of `epochs`; mean `seconds`, `parameters`.
    """
    higher = meaning.better == "higher"
    good = completed(runs, metric)
    ordered = good.sort(metric, descending=higher, maintain_order=True)
    unlearnt = pl.lit(False)
    if meaning.unlearnt is not None:
        unlearnt = pl.col(metric) < meaning.unlearnt if higher else pl.col(metric) > meaning.unlearnt
    measured = ordered.group_by("group").agg(
        pl.len().alias("n"),
        pl.col(metric).mean().alias("mean"),
        pl.col(metric).std(ddof=1).alias("std"),
        pl.col(metric).median().alias("median"),
        *(pl.col(metric).get(place).alias(name) for name, place in (("best", 0), ("worst", -1))),
        *(pl.col("seed").get(place).alias(f"{name} seed") for name, place in (("best", 0), ("worst", -1))),
        *(pl.col(name).mean().alias(f"{name} mean") for name in others),
        *(pl.col(name).std(ddof=1).alias(f"{name} std") for name in others),
        pl.col("epochs").mean(),
        pl.col("epochs").std(ddof=1).alias("epochs std"),
        unlearnt.sum().alias("unlearnt"),
        pl.col("seconds").mean(),
    )
    n, std = measured["n"].to_numpy(), measured["std"].cast(pl.Float64).to_numpy()
    measured = measured.insert_column(4, pl.Series("half", half_interval(std, n), nan_to_null=True))
    groups = runs.group_by("group", maintain_order=True).agg(
        (pl.col("status") != "completed").sum().alias("failed"), pl.col("parameters").max()
    )
    joined = groups.join(measured, on="group", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))
    if meaning.better is None:
        return joined
    return joined.sort("mean", descending=higher, nulls_last=True, maintain_order=True)


def completed(runs: pl.DataFrame, metric: str) -> pl.DataFrame:
    """The runs that have the metric."""
    return runs.filter((pl.col("status") == "completed") & pl.col(metric).is_not_null())


def differences(runs: pl.DataFrame, baseline: str, metric: str) -> pl.DataFrame:
    """A row for each other group, in the order of `runs`: `n` seeds that it shares with the baseline, the mean
    `difference` to it with its `half` interval, `p_t` (paired t) and `p_wilcoxon` (signed ranks), both corrected by
    Holm for the number of groups, the `effect` size (Cohen's d of the differences), and how many seeds would be
    `needed` to tell a difference of that size; null where that can't be said. Where runs of the same seed were tested
    on `other_data`, nothing is compared. Where one of the two has `folds`, each fold of a seed counts as a seed does,
    and is paired with the same fold.

    Raises:
        ValueError: there is no such group.
    """
    groups = runs["group"].unique(maintain_order=True).to_list()
    if baseline not in groups:
        raise ValueError(f"there is no group {baseline!r}; there are {', '.join(sorted(groups))}")
    fold = pl.col("fold") if "fold" in runs.columns else pl.lit(None)
    good = completed(runs, metric).with_columns(fold.cast(pl.Int64).alias("fold"))
    fingerprint = [name for name in ("tested_on", "together") if name in runs.columns]
    place = ["seed", "fold"]
    theirs = good.filter(pl.col("group") == baseline).select(*place, pl.col(metric).alias("baseline"), *fingerprint)
    others = good.filter(pl.col("group") != baseline)
    paired = others.join(theirs, on=place, nulls_equal=True, maintain_order="left")
    cross_validated = {*good.filter(pl.col("fold").is_not_null())["group"]}
    rows = []
    for group in groups:
        if group != baseline:
            shared = paired.filter(pl.col("group") == group)
            tested = shared.select(pl.col("^(tested_on|together)(_right)?$"))
            other_data = any(map(_on_other_data, tested.iter_rows(named=True)))
            values = (shared[metric] - shared["baseline"]).to_numpy()
            said = {"other_data": other_data, "folds": bool(cross_validated & {group, baseline})}
            rows.append({"group": group, **said, **difference(values[:0] if other_data else values)})
    schema = {"group": pl.String, "n": pl.Int64} | dict.fromkeys(STATISTICS, pl.Float64)
    schema |= dict.fromkeys(("other_data", "folds"), pl.Boolean)
    table = pl.DataFrame(rows, schema=schema)
    p_values = {name: pl.Series(corrected(table[name], table["n"]), dtype=pl.Float64) for name in ("p_t", "p_wilcoxon")}
    alpha = ALPHA / max(1, len(rows))
    needed = [seeds_needed(effect, alpha) if effect else None for effect in table["effect"]]
    return table.with_columns(**p_values, needed=pl.Series(needed, dtype=pl.Int64))


def _on_other_data(pair: dict[str, Any]) -> bool:
    """Whether two runs of the same seed were tested on other data: no part of it is the same. Not known of one network
    beside one of many, which hold the data of all of them.
    """
    first, second = (pair.get(name) for name in ("tested_on", "tested_on_right"))
    if not first or not second or pair.get("together") != pair.get("together_right"):
        return False
    return set(first.split()).isdisjoint(second.split())
