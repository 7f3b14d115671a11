"""What is not as it should be where figures are made over several tasks, in sentences. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ...records.metrics import decimals, fixed
from .aggregates import coverage
from .words import Content, few

FEW = 10  # runs of a task, with fewer of which bootstrap intervals are too narrow by more than a little
UNEVEN = 3.0  # times the mean of another task: one that decides the mean over them


def sentences(over: Content) -> list[str]:
    """What is missing, unequal, not typed, or to be read with care."""
    return [*_lacking(over), *_unequal(over), *_settings(over), *_caveats(over)]


def all_apart(key: str) -> str:
    """Why nothing is compared where the tasks are all that tells groups apart."""
    return f"{key} is all that tells the groups apart: --over takes what each was trained on, such as data.noise"


def not_several(runs: pl.DataFrame, key: str) -> str:
    """Why there is nothing over which figures could be made."""
    known = runs.filter(pl.col("setting").is_not_null())
    if not len(known):
        parts = (part.partition("=") for group in runs["group"].unique(maintain_order=True) for part in group.split())
        keys = dict.fromkeys(["model", *(name for name, equals, _ in parts if equals)])
        return f"no run has {key}: groups are told apart by {', '.join(keys)}"
    values = known["setting"].unique(maintain_order=True).to_list()
    if len(values) == 1:
        return f"all runs have {key}={values[0]}: --over needs several"
    done = known.filter(pl.col("status") == "completed")["setting"].unique().to_list()
    if broken := [f"{key}={value}" for value in values if value not in done]:
        return f"no run with {few(broken)} is completed: --over needs several values"
    each = known.select("rest", "setting").unique(maintain_order=True).rows()
    said = few([f"{row} has {value}" for row, value in each])
    typed = "" if known["typed"].any() else f", and nobody typed {key}, since each model brings its own"
    return (
        f"no model has several values of {key}{typed} ({said}): train each on them, -m model=… {key}={','.join(values)}"
    )


def _lacking(over: Content) -> Iterator[str]:
    known = over.runs.filter(pl.col("setting").is_not_null())
    for row in known["rest"].unique(maintain_order=True):
        if lacks := [f"{over.key}={task}" for task in over.tasks if task not in over.scores.get(row, {})]:
            yield f"{row} has no completed run with {few(lacks)}, so no figure over all tasks is made of it"
    for task in known["setting"].unique(maintain_order=True):
        if task not in over.tasks:
            yield f"no run with {over.key}={task} is completed, so it has no column"


def _unequal(over: Content) -> Iterator[str]:
    most = max(len(values) for own in over.scores.values() for values in own.values())
    for row, own in over.scores.items():
        by_n: dict[int, list[str]] = {}
        for task in (task for task in over.tasks if task in own and len(own[task]) < most):
            by_n.setdefault(len(own[task]), []).append(f"{over.key}={task}")
        if by_n:
            said = ", ".join(f"{n} with {few(tasks)}" for n, tasks in by_n.items())
            yield f"{row} has fewer than {most} runs: {said}; each task counts the same"
    counts = (pl.col("status") == "completed") & pl.col(over.metric).is_not_null()
    broken = over.runs.filter(~counts & pl.col("setting").is_not_null())
    for (row, task), part in broken.group_by("rest", "setting", maintain_order=True):
        many, verb = ("1 run", "counts") if len(part) == 1 else (f"{len(part)} runs", "count")
        yield f"{many} of {row} with {over.key}={task} failed, stopped or measured no number, and {verb} in no figure"


def _settings(over: Content) -> Iterator[str]:
    """Of groups whose value nobody typed, or nobody knows."""
    groups = over.runs.filter(~pl.col("typed")).select("group", "setting").unique(maintain_order=True)
    for value, part in groups.group_by("setting", maintain_order=True):
        names = few(part["group"].to_list())
        if value[0] is None:
            yield f"{names}: left out, since {over.key} was not typed, and follows the seed or is not known"
        else:
            yield f"{names}: {over.key} was not typed, and is {value[0]} in the configuration"


def _caveats(over: Content) -> Iterator[str]:
    whole = [over.scores[row] for row in over.whole]
    fewest = min((len(values) for own in whole for values in own.values()), default=FEW)
    if fewest == 1:
        yield "where a task has a single run, there is nothing to make an interval of"
    elif fewest < FEW:
        share = 100 * coverage(fewest, len(over.tasks))
        yield f"of {fewest} runs a task, intervals by bootstrap come out too narrow: some {share:.0f} % cover, not 95 %"
    means = {task: abs(sum(own[task].mean() for own in whole) / len(whole)) for task in over.tasks if whole}
    small, *_, large = sorted(means, key=means.__getitem__) or [""] * 2
    if means and means[large] > UNEVEN * means[small]:
        ends = (f"{over.key}={task} (mean {_figure(means[task], over)})" for task in (large, small))
        yield f"scores count as they are, not scaled by task: {' weighs more than '.join(ends)}"


def _figure(value: float, over: Content) -> str:
    return fixed(value, decimals(value, over.meaning.unit))
