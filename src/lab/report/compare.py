"""A group over its seeds, and groups against each other, paired by seed. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from src.lab.records import results
from src.lab.report.significance import ALPHA, MOST_SEEDS, STATISTICS, difference, half_interval, holm, seeds_needed

UNLEARNT = 25.0  # percent of errors: about half of what guessing between two classes gives


def lower_is_better(metric: str) -> bool:
    """All but accuracies."""
    return "accuracy" not in metric


def summary(runs: pl.DataFrame, metric: str, shown: Sequence[str] = results.METRICS) -> pl.DataFrame:
    """A row a group, the best first: `n` completed, `failed`, `unlearnt` (completed, and wrong in over 25 %); `mean`,
    `std` (ddof 1), `half` of the 95 % interval of the mean (t), `median`, `best` and `worst` of the metric with their
    seeds; mean and std of the other metrics that are `shown`, and of `epochs`; mean `seconds`, `parameters`.
    """
    good = runs.filter((pl.col("status") == "completed") & pl.col(metric).is_not_null())
    ordered = good.sort(metric, descending=not lower_is_better(metric), maintain_order=True)
    others = [name for name in shown if name in runs.columns and name != metric]
    unlearnt = pl.col("test/error") > UNLEARNT if "test/error" in runs.columns else pl.lit(False)
    measured = ordered.group_by("group", maintain_order=True).agg(
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
    return (
        groups.join(measured, on="group", how="left")
        .with_columns(pl.col("n").fill_null(0))
        .sort("mean", descending=not lower_is_better(metric), nulls_last=True, maintain_order=True)
    )


def differences(runs: pl.DataFrame, baseline: str, metric: str) -> pl.DataFrame:
    """A row for each other group, in the order of `runs`: `n` seeds that it shares with the baseline, the mean
    `difference` to it with its `half` interval, `p_t` (paired t) and `p_wilcoxon` (signed ranks), both corrected by
    Holm for the number of groups, the `effect` size (Cohen's d of the differences), and how many seeds would be
    `needed` to tell a difference of that size; null where that can't be said.

    Raises:
        ValueError: there is no such group.
    """
    groups = runs["group"].unique(maintain_order=True).to_list()
    if baseline not in groups:
        raise ValueError(f"there is no group {baseline!r}; there are {', '.join(sorted(groups))}")
    good = runs.filter((pl.col("status") == "completed") & pl.col(metric).is_not_null())
    theirs = good.filter(pl.col("group") == baseline).select("seed", pl.col(metric).alias("baseline"))
    paired = good.filter(pl.col("group") != baseline).join(theirs, on="seed", maintain_order="left")
    rows = []
    for group in groups:
        if group != baseline:
            pairs = paired.filter(pl.col("group") == group)
            rows.append({"group": group, **difference((pairs[metric] - pairs["baseline"]).to_numpy())})
    table = pl.DataFrame(rows, schema={"group": pl.String, "n": pl.Int64} | dict.fromkeys(STATISTICS, pl.Float64))
    corrected = {name: pl.Series(name, holm(table[name].to_list()), pl.Float64) for name in ("p_t", "p_wilcoxon")}
    alpha = ALPHA / max(1, len(rows))
    needed = [seeds_needed(effect, alpha) if effect else None for effect in table["effect"]]
    return table.with_columns(**corrected, needed=pl.Series(needed, dtype=pl.Int64))


def in_words(row: dict[str, Any], baseline: str, metric: str) -> str:
    """`a beats b by 0.2 ± 0.3 points: not distinguishable with 10 seeds; about 60 would be needed`."""
    n, mean, half, p = (row[name] for name in ("n", "difference", "half", "p_t"))
    if not n:
        return f"{row['group']} and {baseline} have no seed in common"
    better = mean < 0 if lower_is_better(metric) else mean > 0
    first, second = (row["group"], baseline) if better else (baseline, row["group"])
    unit = " points" if "error" in metric or "accuracy" in metric else ""
    if p is None or half is None:
        return f"{first} beats {second} by {abs(mean):.2f}{unit} on one seed: that says nothing"
    said = f"{first} beats {second} by {abs(mean):.2f} ± {half:.2f}{unit}"
    if p < ALPHA:
        return f"{said}: {n} seeds, p = {p:.2g}" if p >= 1e-4 else f"{said}: {n} seeds, p < 0.0001"
    if not mean:
        return f"{first} equals {second} in the mean of {n} seeds"
    more = f"about {row['needed']} would be needed" if row["needed"] else f"over {MOST_SEEDS:,} would be needed"
    return f"{said}: not distinguishable with {n} seeds; {more}"
