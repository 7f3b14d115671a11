"""What a difference between two groups is worth, in a sentence. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from ..records.metrics import Meaning, behind, decimals, fixed
from . import lost
from .pvalues import p_said
from .significance import ALPHA, MOST_SEEDS, POWER

MOST = 3  # names in a line


def unmeasured(group: str, metric: str, counts: dict[str, int]) -> str:
    """Why a group is compared with none, of whose runs so many were lost in which of `lost.WAYS`."""
    if not counts["unmeasured"]:
        return f"no run of {group} is completed, so it is not compared: {lost.told(group, counts, 'seed')}"
    runs = "its completed run" if counts["unmeasured"] == 1 else f"any of its {counts['unmeasured']} completed runs"
    return f"{group} has no figure of {metric} in {runs}, so it is not compared"


def skewed(names: Sequence[str]) -> list[str]:
    """Why some groups or differences have an interval more."""
    named = ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
    why = "more skewed than 99 of 100 samples of normal values, so Student's 95 % interval is too short on one side"
    return [f"{named}: {why}; that of the bootstrap (BCa) allows for it"] if names else []


def sentence(row: dict[str, Any], baseline: str, meaning: Meaning) -> str:
    """`a beats b by 0.8 ± 0.3 points: 10 seeds, p = 0.001`, or `a is ahead of b by 0.2 ± 0.3 points: not
    distinguishable with 10 seeds; about 60 would be needed`, from a row of `compare.differences`. Where no direction
    is better, `a is higher than b by …`. What is counted are folds where one of the two has some. Runs that were
    left out are said to be; where the first of the two lost more than a few, it does not win: `where both have a
    figure, a is better than b by …`.
    """
    n, mean = row["n"], row["difference"]
    one = "fold" if row.get("folds") else "seed"
    if row.get("other_data"):
        return f"{row['group']} and {baseline} were tested on other data: not compared"
    both = list(zip((row["group"], baseline), lost.from_row(row), strict=True))
    missing = " and ".join(filter(None, (lost.told(group, counts, one) for group, counts in both)))
    left_out = f"; {missing}, left out" if missing else ""
    if not n:
        return f"{row['group']} and {baseline} have no {one} in common{left_out}"
    if not mean and (row["p_t"] is None or row["p_t"] >= ALPHA):
        return (
            f"{baseline} equals {row['group']} {f'on one {one}' if n == 1 else f'in the mean of {n} {one}s'}{left_out}"
        )
    if (mean < 0) != (meaning.better == "lower"):
        both.reverse()
    (first, counts), (second, _) = both
    clean = lost.share(counts) <= lost.CLEAN
    verb = "is higher than" if not meaning.better else "beats" if clean else "is better than"
    if not _is_told_apart(row):
        verb = "is ahead of" if meaning.better else "lies above"
    said = f"{first} {verb} {second} by {_by_how_much(row, meaning, one)}"
    if clean:
        return said + left_out
    with_all = _with_all(row, first, counts, meaning)
    return f"where both have a figure, {said}; but {missing}, of which that says nothing{with_all}"


def _is_told_apart(row: dict[str, Any]) -> bool:
    """Whether the figures say which is the better one: by the t test or, where there is no spread, by their ranks."""
    p = row["p_t"] if row["p_t"] is not None else row["p_wilcoxon"]
    return p is not None and bool(p < ALPHA)


def _with_all(row: dict[str, Any], first: str, counts: dict[str, int], meaning: Meaning) -> str:
    """How probable it is that the first is better when the runs that diverged count too, as the worst."""
    if meaning.better is None or not counts["diverged"] or row["improvement"] is None:
        return ""
    low, middle, high = (row[f"improvement{end}"] for end in ("_low", "", "_high"))
    if first != row["group"]:
        low, middle, high = 1 - high, 1 - middle, 1 - low
    return f"; with what diverged as the worst, P({first} is better) = {middle:.2f} ({low:.2f} to {high:.2f})"


def _by_how_much(row: dict[str, Any], meaning: Meaning, one: str) -> str:
    """`0.2 ± 0.3 points: 10 seeds, p = 0.02`."""
    n, mean, half, p = (row[name] for name in ("n", "difference", "half", "p_t"))
    unit = behind(meaning.unit)
    digits = decimals(half or mean, meaning.unit)
    if p is None or half is None:
        said = f"{fixed(abs(mean), digits)}{unit}"
        if n == 1:
            return f"{said} on one {one}: that says nothing"
        ranks = f", {p_said(row['p_wilcoxon'])} by signed ranks" if row["p_wilcoxon"] < ALPHA else ""
        return f"{said} on each of {n} {one}s{ranks or ': without a spread, that says little'}"
    said = f"{fixed(abs(mean), digits)} ± {fixed(half, digits)}{unit}"
    if p < ALPHA:
        return f"{said}: {n} {one}s, {p_said(p)}"
    more = f"about {row['needed']} would be needed" if row["needed"] else f"over {MOST_SEEDS:,} would be needed"
    return f"{said}: not distinguishable with {n} {one}s; {more}"


def legend(
    summary: pl.DataFrame, differences: pl.DataFrame, baseline: str, better: str | None, shown: Sequence[str]
) -> list[str]:
    """How the figures of the tables are to be read, as far as they stand under the headings that are `shown`."""
    of_groups, of_differences = _of_groups(summary, shown), _of_differences(differences, baseline, better, shown)
    return [
        f"{start}: {'; '.join(said)}"
        for start, each in (("To read", of_groups), ("Differences", of_differences))
        if (said := [*each])
    ]


def _of_groups(summary: pl.DataFrame, shown: Sequence[str]) -> Iterator[str]:
    if (summary["n"] > 1).any():
        yield "mean ± std of n runs"
        if "95 % interval" in shown:
            yield "95 % interval: Student's, of the mean"
        if "std 95 %" in shown:
            yield "std 95 %: that of the std"
    if any(name.startswith("reported") for name in shown):
        yield "reported: what others state of it, not of these runs"


def _of_differences(
    differences: pl.DataFrame, baseline: str, better: str | None, shown: Sequence[str]
) -> Iterator[str]:
    tested = (differences["p_t"].is_not_null() | differences["p_wilcoxon"].is_not_null()).sum()
    if tested:
        sign = {"lower": "+ is worse", "higher": "+ is better"}.get(better or "", "+ is higher")
        yield f"to {baseline}, paired by seed, ± half a 95 % interval, {sign}"
    if tested > 1:
        yield f"p corrected by Holm for {tested} comparisons, the intervals not"
    for name in shown:
        if name.startswith("P(") and differences["improvement"].drop_nulls().len():
            yield f"{name}: how probable it is that a run is {name[2:-1]} than one of {baseline}"
    if "effect size" in shown and differences["effect"].drop_nulls().len():
        yield "effect size: mean by std of the paired differences (Cohen's d)"
    if "seeds needed" in shown and differences["needed"].drop_nulls().len():
        yield f"seeds needed: in all, to tell such a difference with a power of {POWER:.0%}".replace("%", " %")
