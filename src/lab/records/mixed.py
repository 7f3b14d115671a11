"""What is not the same in all the runs of a group, or in those that groups are compared by, and might be why their
figures differ. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from .aspects import ASPECTS, CHANGED, MOST, Aspect, Value, few

MOST_LINES = 6

FOLDED = "n counts each fold of a seed; they share one pool of training items, so intervals and p come out too small"


def mixed(runs: pl.DataFrame, baseline: str | None = None) -> list[str]:
    """A line for each way in which the completed runs of a group differ beside their seeds: `basic: seeds 0-4 at
    3f2a9c1, seeds 5-9 at 71e88e8`; and with a baseline one for each group whose runs differ so from those of the
    baseline that they are paired with. Groups that differ in the same way share a line.

    Groups with several folds of a seed come first. The training sets of the folds overlap, and nothing made of their
    figures estimates the variance of the mean without bias (Bengio & Grandvalet, "No unbiased estimator of the variance
    of k-fold cross-validation", 2004): taken for independent, they make it too small.
    """
    completed = runs.filter(pl.col("status") == "completed")
    found: dict[str, list[str]] = {}
    if folded := _with_folds(completed):
        found[FOLDED] = folded
    for aspect in ASPECTS:
        for group, values in _by_group(completed, aspect).items():
            found.setdefault(_line(values, aspect), []).append(group)
    between: dict[str, list[str]] = {}
    for group, said in _against(completed, baseline).items() if baseline is not None else ():
        between.setdefault(f"{', '.join(said)}; the difference may come from that", []).append(group)
    return _lines(found) + _lines(between, f" against {baseline}")


def seeds(numbers: Iterable[int]) -> str:
    """`seeds 0-4, 7`, or how many they are where that would be long."""
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    if len(ranges) > MOST:
        return f"{len(set(numbers))} seeds"
    text = ", ".join("-".join(map(str, each)) for each in ranges)
    return f"seed{'s' * (len(ranges) > 1 or len(ranges[0]) > 1)} {text}"


def _with_folds(runs: pl.DataFrame) -> list[str]:
    """The groups of which a seed has several folds."""
    if "fold" not in runs.columns:
        return []
    folds = runs.group_by("group", "seed", maintain_order=True).agg(pl.col("fold").n_unique())
    return folds.filter(pl.col("fold") > 1)["group"].unique(maintain_order=True).to_list()


def _by_group(runs: pl.DataFrame, aspect: Aspect) -> dict[str, dict[Value, list[int]]]:
    """By group and value the seeds that have it, where it is not the same in all of the group. What is said roughly may
    be the same as what is said exactly, and is taken for it.
    """
    said = aspect.of(runs)
    if aspect is not CHANGED:
        said = said.filter(pl.struct("rough", "exact").n_unique().over("group") > 1)
    found: dict[str, dict[Value, list[int]]] = {}
    for group, seed, _, rough, exact in said.sort(pl.col("exact").is_null(), maintain_order=True).iter_rows():
        known = found.setdefault(group, {})
        same = (each for each in known if (each[1] == exact if exact else each[0] == rough))
        known.setdefault(next(same, (rough, exact)), []).append(seed)
    return {
        group: dict(sorted(values.items(), key=lambda each: min(each[1])))
        for group, values in found.items()
        if len(values) > 1 or aspect is CHANGED
    }


def _against(runs: pl.DataFrame, baseline: str) -> dict[str, list[str]]:
    """By group, how its runs differ from those of the baseline that have the same seed and fold."""
    found: dict[str, list[str]] = {}
    for aspect in (each for each in ASPECTS if each.compared):
        said, place = aspect.of(runs), ["seed", "fold"]
        theirs = said.filter(pl.col("group") == baseline).select(*place, pl.col("rough", "exact").name.suffix("_right"))
        pairs = said.filter(pl.col("group") != baseline).join(theirs, on=place, nulls_equal=True, maintain_order="left")
        values = ["rough", "exact", "rough_right", "exact_right"]
        differ = {row for row in pairs.select(values).unique().iter_rows() if aspect.differ(row[:2], row[2:])}
        for (group,), each in pairs.group_by("group", maintain_order=True) if differ else ():
            rows = [(seed, row) for seed, *row in each.select("seed", *values).iter_rows() if tuple(row) in differ]
            if rows:
                which = f"{seeds(seed for seed, _ in rows)} " if len(rows) < len(each) else ""
                how = aspect.instead([(a, b) for _, (a, b, *_) in rows], [(a, b) for _, (*_, a, b) in rows])
                found.setdefault(str(group), []).append(which + how)
    return found


def _lines(found: Mapping[str, list[str]], more: str = "") -> list[str]:
    lines = [f"{few(groups)}{more}: {line}" for line, groups in found.items()]
    rest = len({group for groups in [*found.values()][MOST_LINES:] for group in groups})
    return lines[:MOST_LINES] + ([f"{rest} more groups of which the runs differ so"] if rest else [])


def _line(values: dict[Value, list[int]], aspect: Aspect) -> str:
    return few([f"{seeds(each)} {aspect.said(value, values)}" for value, each in values.items()])
