"""What is not the same in all the runs of a group, and might be why their figures differ. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

MOST = 3  # groups, values and ranges of seeds that a line names
MOST_LINES = 6

FOLDED = "n counts each fold of a seed; they share one pool of training items, so intervals and p come out too small"


def mixed(runs: pl.DataFrame) -> list[str]:
    """A line for each way in which the completed runs of a group differ beside their seeds: `basic: seeds 0-4 at
    3f2a9c1, seeds 5-9 at 71e88e8`. Groups that differ in the same way share it.

    Groups with several folds of a seed come first. The training sets of the folds overlap, and nothing made of their
    figures estimates the variance of the mean without bias (Bengio & Grandvalet, "No unbiased estimator of the variance
    of k-fold cross-validation", 2004): taken for independent, they make it too small.
    """
    completed = runs.filter(pl.col("status") == "completed")
    found: dict[str, list[str]] = {}
    if folded := _with_folds(completed):
        found[FOLDED] = folded
    for column, said in SAID.items():
        if column in completed.columns and completed[column].drop_nulls().len():
            for group, values in _by_group(completed, column).items():
                if len(values) > 1 or column == "changed":
                    found.setdefault(_line(values, said), []).append(group)
    lines = [f"{_few(groups)}: {line}" for line, groups in found.items()]
    rest = len({group for groups in [*found.values()][MOST_LINES:] for group in groups})
    return lines[:MOST_LINES] + ([f"{rest} more groups of which the runs differ so"] if rest else [])


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


def _by_group(runs: pl.DataFrame, column: str) -> dict[str, dict[str, list[int]]]:
    """By group and value the seeds that have it."""
    found: dict[str, dict[str, list[int]]] = {}
    for group, seed, value in runs.select("group", "seed", column).iter_rows():
        if value is not None:
            found.setdefault(group, {}).setdefault(value, []).append(seed)
    return found


def _line(values: dict[str, list[int]], said: Callable[[str, Iterable[str]], str]) -> str:
    parts = [f"{seeds(each)} {said(value, values)}" for value, each in values.items()]
    return ", ".join(parts[:MOST]) + (f" and {len(parts) - MOST} more" if len(parts) > MOST else "")


def _few(groups: list[str]) -> str:
    rest = len(groups) - MOST
    return ", ".join(groups[:MOST]) + (f" and {rest} more" if rest > 0 else "")


def _revision(value: str, _: Iterable[str]) -> str:
    commit, dash, dirty = value.partition("-")
    return f"at {commit[:7]}{dash}{dirty}"


def _packages(value: str, values: Iterable[str]) -> str:
    """Only those that differ."""
    same = set.intersection(*(set(each.split(", ")) for each in values))
    return "with " + ", ".join(each for each in value.split(", ") if each not in same)


SAID: dict[str, Callable[[str, Iterable[str]], str]] = {
    "git": _revision,
    "versions": _packages,
    "device": lambda value, _: f"on {value}",
    "configuration": lambda value, _: f"of configuration {value[:6]}",
    "changed": lambda value, _: f"changed on the way: {value}",
}
