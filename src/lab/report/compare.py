"""A group over its seeds, and groups against each other, paired by seed and fold. It knows nothing of what the numbers
mean but which direction is better. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from ..records.metrics import UNKNOWN, Meaning
from . import lost
from .fingerprints import on_other_data
from .improvement import IMPROVEMENT, improvement
from .pairing import pairing
from .significance import ALPHA, INTERVALS, STATISTICS, Values, corrected, difference, intervals, seeds_needed
from .steps import step


def summary(runs: pl.DataFrame, metric: str, meaning: Meaning = UNKNOWN, others: Sequence[str] = ()) -> pl.DataFrame:
    """A row a group, the best first or, where no direction is better, in the order of `runs`: `n` completed, `failed`,
    `unlearnt` (completed and worse than the bound that `meaning` gives); `mean`, `std` (ddof 1), the `intervals`,
    the ends of the mean's, `low` and `high`, which leave 0 to 100 % only where figures do; `median`, `best` and
    `worst` (where none is better: the least and the most) of the metric with their seeds; mean and std of the
    `others`, and of `epochs`; mean `seconds`, `parameters`.
    """
    higher = meaning.better == "higher"
    good = completed(runs, metric)
    ordered = good.sort(metric, descending=higher, maintain_order=True)
    unlearnt = pl.lit(False)
    if meaning.unlearnt is not None:
        unlearnt = pl.col(metric) < meaning.unlearnt if higher else pl.col(metric) > meaning.unlearnt
    measured = ordered.group_by("group", maintain_order=True).agg(
        pl.len().alias("n"),
        pl.col(metric).mean().alias("mean"),
        pl.col(metric).std(ddof=1).alias("std"),
        *(pl.lit(None, pl.Float64).alias(name) for name in INTERVALS),
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
    found = [intervals(each[metric].to_numpy()) for _, each in ordered.group_by("group", maintain_order=True)]
    measured = measured.with_columns(pl.DataFrame(found, schema=dict.fromkeys(INTERVALS, pl.Float64), orient="row"))
    low, high = (pl.col("mean") + sign * pl.col("half") for sign in (-1, 1))
    if meaning.unit == "%" and good[metric].is_between(0, 100).all():  # parts of a whole
        low, high = low.clip(0), high.clip(None, 100)
    measured = measured.with_columns(low=low, high=high)
    groups = runs.group_by("group", maintain_order=True).agg(
        (pl.col("status") != "completed").sum().alias("failed"), pl.col("parameters").max()
    )
    joined = groups.join(measured, on="group", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))
    by_rank = joined.sort("mean", descending=higher, nulls_last=True, maintain_order=True)
    return by_rank if meaning.better else joined


def reference(table: pl.DataFrame) -> str:
    """The first group of a `summary` among those that were given the most seeds, whatever came of them: a single run
    that did well is nothing to hold others to.
    """
    some, given = table.filter(pl.col("n") > 0) if table["n"].sum() else table, pl.col("n") + pl.col("failed")
    return str(some.filter(given == given.max())["group"][0])


def groups_with(name: str, runs: pl.DataFrame) -> list[str]:
    """All groups of the runs, in their order.

    Raises:
        ValueError: the one of that name is not among them.
    """
    groups: list[str] = runs["group"].unique(maintain_order=True).to_list()
    if name not in groups:
        raise ValueError(f"there is no group {name!r}; there are {', '.join(sorted(groups))}")
    return groups


def completed(runs: pl.DataFrame, metric: str) -> pl.DataFrame:
    """The runs that have the metric."""
    return runs.filter((pl.col("status") == "completed") & pl.col(metric).is_not_null())


def differences(runs: pl.DataFrame, baseline: str, metric: str, meaning: Meaning = UNKNOWN) -> pl.DataFrame:
    """A row for each other group, in the order of `runs`: `n` seeds that it shares with the baseline, and `left_out`,
    those that both ran and not both have a figure of; the mean `difference` to it with its `half` interval, `p_t`
    (paired t) and `p_wilcoxon` (signed ranks), both corrected by Holm for the number of groups, the `effect` size
    (Cohen's d of the differences), and how many seeds would be `needed` to tell a difference of that size; the
    probability of `improvement` on the baseline, over all runs of both, of which one that diverged is worse than any
    other (where no direction is better, that of being higher); how many `runs` the group has, and how many were lost in
    which of `lost.WAYS`, and the baseline likewise. Null where that can't be said. Where runs of the same seed were
    tested on `other_data`, nothing is compared. Where one of the two has `folds`, each fold of a seed counts as a seed
    does, and is paired with the same fold.

    Raises:
        ValueError: there is no such group.
    """
    groups = groups_with(baseline, runs)
    found = pairing(runs, baseline, metric)
    parts = [each.partition_by("group", as_dict=True) for each in (found.others, found.both, found.shared)]
    rows = []
    for group in groups:
        if group != baseline:
            own, pairs, compared = (part.get((group,), found.shared.clear()) for part in parts)
            said = {"left_out": len(pairs) - len(compared), "folds": not found.folded.isdisjoint((group, baseline))}
            rows.append({"group": group} | said | _against(own, found.theirs, compared, metric, meaning))
    schema: dict[str, Any] = {"group": pl.String, "n": pl.Int64, "left_out": pl.Int64}
    schema |= dict.fromkeys((*STATISTICS, *IMPROVEMENT), pl.Float64)
    schema |= dict.fromkeys(("other_data", "folds"), pl.Boolean)
    schema |= dict.fromkeys((*lost.LOST, *(lost.BASELINE + name for name in lost.LOST)), pl.Int64)
    table = pl.DataFrame(rows, schema=schema)
    p_values = {name: pl.Series(corrected(table[name], table["n"]), dtype=pl.Float64) for name in ("p_t", "p_wilcoxon")}
    alpha = ALPHA / max(1, len(table.filter(pl.col("n") > 1)))  # as many as can be tested
    needed = [seeds_needed(effect, alpha) if effect else None for effect in table["effect"]]
    return table.with_columns(**p_values, needed=pl.Series(needed, dtype=pl.Int64))


def _against(
    own: pl.DataFrame, theirs: pl.DataFrame, shared: pl.DataFrame, metric: str, meaning: Meaning
) -> dict[str, Any]:
    """What there is to say of a group beside the baseline, each with all its runs, and of those that they share, before
    any correction.
    """
    other_data = on_other_data(shared)
    first, second = (shared[name].to_numpy() for name in (metric, f"{metric}_right"))
    values = (first - second)[: 0 if other_data else None]
    found = difference(values, step(np.concatenate([first, second])))
    beside = not other_data and all(each["way"].null_count() for each in (own, theirs))  # else nothing is measured
    found |= improvement(*(_ranked(each, metric, meaning)[: None if beside else 0] for each in (own, theirs)))
    return found | {"other_data": other_data} | lost.of_both(lost.count(own), lost.count(theirs))


def _ranked(group: pl.DataFrame, metric: str, meaning: Meaning) -> Values:
    """The figures of a group, the better the higher, and minus infinity for each run that diverged."""
    ways = group["way"].to_list()
    values = group[metric].to_numpy()[[way is None for way in ways]]
    if meaning.better is None:
        return values
    worst = np.full(ways.count("diverged"), -np.inf)
    return np.concatenate([values if meaning.better == "higher" else -values, worst])
