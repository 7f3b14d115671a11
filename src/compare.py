"""Statistics over runs: a group over its seeds, and groups against each other, paired by seed. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import nctdtr, stdtr, stdtrit

from . import results

ALPHA = 0.05  # of intervals and tests
UNLEARNT = 25.0  # percent of errors: about half of what guessing between two classes gives
POWER = 0.8  # with which the number of seeds that would be needed finds a difference as large as the measured one
MOST_SEEDS = 10_000

Values = NDArray[np.float64]


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


def half_interval(std: Values, n: NDArray[np.integer]) -> Values:
    """Half of the 95 % interval of a mean by Student's t; NaN where n < 2."""
    with np.errstate(invalid="ignore", divide="ignore"):
        half: Values = stdtrit(n - 1.0, 1 - ALPHA / 2) * std / np.sqrt(n)
    return half


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
    table = pl.DataFrame(rows, schema=DIFFERENCE)
    corrected = {name: pl.Series(name, holm(table[name].to_list()), pl.Float64) for name in ("p_t", "p_wilcoxon")}
    alpha = ALPHA / max(1, len(rows))
    needed = [seeds_needed(effect, alpha) if effect else None for effect in table["effect"]]
    return table.with_columns(**corrected, needed=pl.Series(needed, dtype=pl.Int64))


DIFFERENCE = {"group": pl.String, "n": pl.Int64} | dict.fromkeys(
    ("difference", "half", "p_t", "p_wilcoxon", "effect"), pl.Float64
)


def difference(values: Values) -> dict[str, float | None]:
    """The statistics of one group's differences, seed by seed."""
    n = len(values)
    row = dict.fromkeys(DIFFERENCE.keys() - {"group"}) | {"n": n}
    if n:
        row["difference"] = float(values.mean())
    if n > 1:
        std = float(values.std(ddof=1))
        row["half"] = float(half_interval(np.array(std), np.array(n)))
        row["p_wilcoxon"] = wilcoxon(values)
        same = std <= 1e-12 * np.abs(values).max()  # the same difference on every seed
        row["p_t"] = float(not values.any()) if same else float(2 * stdtr(n - 1, -abs(values.mean()) / std * n**0.5))
        row["effect"] = None if same else float(values.mean() / std)
    return row


def wilcoxon(values: Values) -> float:
    """Two-sided p of the signed-rank test (Wilcoxon, 1945), exact with ties too: by counting, over all signs, how
    often the ranks' sum is as far out. Zeros are left out. Its own, since scipy.stats takes most of a second to import.
    """
    values = np.round(values, 9)  # 2.3 - 2.1 and 0.3 - 0.1 are a tie
    values = values[values != 0]
    if not len(values):
        return 1.0
    size, counts = np.unique(np.abs(values), return_counts=True)
    ends = np.cumsum(counts)
    twice = dict(zip(size.tolist(), (2 * ends - counts + 1).tolist(), strict=True))  # midranks, doubled: whole numbers
    ranks = [twice[abs(value)] for value in values.tolist()]
    total = sum(ranks)
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for rank in ranks:
        ways[rank:] = (ways[rank:] + ways[: total + 1 - rank]) / 2
        ways[:rank] /= 2
    positive = sum(rank for rank, value in zip(ranks, values, strict=True) if value > 0)
    return min(1.0, 2 * float(ways[: min(positive, total - positive) + 1].sum()))


def holm(p_values: list[float | None]) -> list[float | None]:
    """The p-values, corrected for how many they are (Holm, 1979); None stays."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for place, (p, i) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - place)))
        corrected[i] = largest
    return corrected


def seeds_needed(effect: float, alpha: float = ALPHA) -> int | None:
    """The least number of seeds with which the paired t test finds an effect of this size with a power of 80 %; None
    where more than 10,000 would be needed.
    """

    def enough(n: int) -> bool:
        return bool(1 - nctdtr(n - 1, abs(effect) * n**0.5, stdtrit(n - 1, 1 - alpha / 2)) >= POWER)

    high = 2
    while not enough(high):  # upwards, since far out the distribution's function gives up
        high *= 2
        if high > MOST_SEEDS:
            return None
    return next(n for n in range(max(2, high // 2), high + 1) if enough(n))


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
