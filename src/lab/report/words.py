"""What a difference between two groups is worth, in a sentence. Imports no torch."""

from __future__ import annotations

from typing import Any

from ..records.metrics import Meaning, decimals, fixed
from .significance import ALPHA, MOST_SEEDS


def unmeasured(group: str, metric: str, completed: int) -> str:
    """Why a group is compared with none, of whose runs so many are completed."""
    if not completed:
        return f"no run of {group} is completed, so it is not compared"
    runs = "the completed run" if completed == 1 else f"any of the {completed} completed runs"
    return f"{metric} is not a number in {runs} of {group}, so it is not compared"


def sentence(row: dict[str, Any], baseline: str, meaning: Meaning) -> str:
    """`a beats b by 0.2 ± 0.3 points: not distinguishable with 10 seeds; about 60 would be needed`, from a row of
    `compare.differences`. Where no direction is better, `a is higher than b by …`.
    What is counted are folds where one of the two has some.
    """
    n, mean, half, p = (row[name] for name in ("n", "difference", "half", "p_t"))
    one = "fold" if row.get("folds") else "seed"
    if row.get("other_data"):
        return f"{row['group']} and {baseline} were tested on other data: not compared"
    if not n:
        return f"{row['group']} and {baseline} have no {one} in common"
    if not mean and (p is None or p >= ALPHA):
        return f"{baseline} equals {row['group']} in the mean of {n} {one}s"
    first, second = (row["group"], baseline) if (mean < 0) == (meaning.better == "lower") else (baseline, row["group"])
    verb = "beats" if meaning.better else "is higher than"
    unit = " points" if meaning.unit == "%" else f" {meaning.unit}".rstrip()
    digits = decimals(half or mean, meaning.unit)
    if p is None or half is None:
        said = f"{first} {verb} {second} by {fixed(abs(mean), digits)}{unit}"
        if n == 1:
            return f"{said} on one {one}: that says nothing"
        ranks = f", p = {row['p_wilcoxon']:.2g} by signed ranks" if row["p_wilcoxon"] < ALPHA else ""
        return f"{said} on each of {n} {one}s{ranks or ': without a spread, that says little'}"
    said = f"{first} {verb} {second} by {fixed(abs(mean), digits)} ± {fixed(half, digits)}{unit}"
    if p < ALPHA:
        return f"{said}: {n} {one}s, p = {p:.2g}" if p >= 1e-4 else f"{said}: {n} {one}s, p < 0.0001"
    more = f"about {row['needed']} would be needed" if row["needed"] else f"over {MOST_SEEDS:,} would be needed"
    return f"{said}: not distinguishable with {n} {one}s; {more}"
