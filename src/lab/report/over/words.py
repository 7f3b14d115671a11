"""What figures over several tasks say, in sentences. Imports no torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Protocol

import polars as pl

from ...records.metrics import Meaning
from ..estimates import Estimate
from ..significance import Values
from .aggregates import Whole


class Content(Protocol):
    """What an `Over` has that can be said."""

    key: str
    metric: str
    meaning: Meaning
    runs: pl.DataFrame
    tasks: list[str]
    scores: dict[str, dict[str, Values]]
    baseline: str | None
    whole: dict[str, Whole]
    ahead: dict[str, Estimate]


def sentences(over: Content) -> list[str]:
    """Which row is best, and how surely."""
    return [*_best(over), *_ahead(over)]


def _best(over: Content) -> Iterator[str]:
    if not over.meaning.better:
        yield f"nobody says which direction of {over.metric} is better, so nothing is ranked"
        return
    if not over.whole:
        yield f"nothing has all {len(over.tasks)} values of {over.key}, so there is no figure over them"
        return
    (best, first), *others = ((row, each.iqm) for row, each in over.whole.items())
    said = f"{best} is best by IQM over {len(over.tasks)} tasks, {first.said(over.meaning)}"
    if not others or math.isnan(float(first.low)):
        yield said
        return
    near = [row for row, each in others if each.low <= first.high and first.low <= each.high]
    if not near:
        yield f"{said}; its interval overlaps no other"
    else:
        apart = ", not that of the others" if len(near) < len(others) else ""
        yield f"{said}; its interval overlaps that of {few(near)}{apart}"


def _ahead(over: Content) -> Iterator[str]:
    for row, each in over.ahead.items():
        value, low, high = map(float, each)
        if value < 0.5 and over.baseline is not None:
            first, second, value, low, high = row, over.baseline, 1 - value, 1 - high, 1 - low
        else:
            first, second = str(over.baseline), row
        said = f"a run of {first} is better than one of {second} on the same task with probability {value:.2f}"
        if value == 1:
            yield f"each run of {first} is better than each of {second} on the same task"
        elif math.isnan(low):
            yield said
        else:
            yield f"{said} ({low:.2f} to {high:.2f})" + (": which is better is open" if low <= 0.5 else "")


def few(names: Iterable[str]) -> str:
    *others, last = names
    if len(others) > 3:
        return f"{', '.join(others[:3])} and {len(others) - 2} more"
    return f"{', '.join(others)} and {last}" if others else last
