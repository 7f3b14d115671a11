"""Where a spread comes from and what to repeat, in sentences. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import polars as pl

from ...records.metrics import Meaning, behind
from ..estimates import Estimate
from .components import Split
from .crosses import Cross

SURE = 0.95  # that the largest part is the largest
RUNS = 10  # of the means whose worth is said

COMES_FROM = (
    "which data were drawn (data.seed): repeat with other data.seed, not only with other seed",
    "the network's own chance (seed): repeat with other seed; other data.seed alone would not show it",
    "neither seed alone, but from how a network's seed fares on the data drawn: repeat with both at once",
)
NAMES = ("data.seed", "seed")
PAIRED = "all this is of a mean by itself: between models paired by seed, what the data do to both alike cancels"


class Spread(Protocol):
    """What a sentence needs of a model's cross."""

    @property
    def cross(self) -> Cross: ...

    @property
    def missing(self) -> list[tuple[str, int]]: ...

    @property
    def split(self) -> Split | None: ...


class Content(Protocol):
    """What a `Variance` has that can be said."""

    metric: str
    meaning: Meaning
    runs: pl.DataFrame
    left_out: list[str]

    @property
    def spreads(self) -> Mapping[str, Spread]: ...


def sentences(content: Content) -> list[str]:
    said = []
    for model, spread in content.spreads.items():
        said += [f"{model}: {each}" for each in _of_model(spread, content.metric, content.meaning)]
    said += [f"{model}: left out, as no two data.seed share two seeds" for model in content.left_out]
    follow = content.runs.filter(pl.col("setting").is_null())
    for (model,), part in follow.group_by("rest", maintain_order=True):
        said.append(f"{model}: {len(part)} runs left out whose data.seed follows seed: they are no part of a cross")
    return [*said, PAIRED]


def not_crossed(models: list[str]) -> str:
    why = "no two data.seed share two completed seeds" if models else "no run has a data.seed of its own"
    how = "python -m src.train model=… -m 'data.seed=range(5)' 'seed=range(5)'"
    return f"{why}, so nothing tells what the data's seed does from what the network's does: {how}"


def percent(share: Estimate) -> str:
    """`68 (30 to 90)`."""
    value, low, high = (100 * float(each) for each in share)
    return f"{value:.0f} ({low:.0f} to {high:.0f})"


def _of_model(spread: Spread, metric: str, meaning: Meaning) -> Iterator[str]:
    size = " × ".join(str(len(levels)) for levels in spread.cross)
    if spread.split is None:
        yield f"{metric} is the same in all {size} runs, so there is no spread to take apart"
    else:
        yield _source(spread.split, size)
        yield _worth(spread.split, size, meaning)
        yield from _negative(spread.split, size)
    if spread.missing:
        (row, seed), *more = spread.missing
        rest = f" and {len(more)} more are" if more else " is"
        yield f"data.seed={row} seed={seed}{rest} missing or not completed: the largest complete part, {size}, counts"


def _source(split: Split, size: str) -> str:
    place, surely = split.largest
    value, low, high = (100 * float(each) for each in split.shares.at(place))
    part = "most" if round(value) > 50 else "the largest part"
    said = f"{part} of the spread ({value:.0f} %, {low:.0f} to {high:.0f} %) comes from {COMES_FROM[place]}"
    return said if surely >= SURE else f"{said}; {size} runs leave it open whether that is the largest part"


def _worth(split: Split, size: str, meaning: Meaning) -> str:
    one, many = (split.half(levels, RUNS, RUNS).said(meaning) for levels in (1, RUNS))
    unit = behind(meaning.unit)
    return (
        f"a mean over {RUNS} seeds is known to ± {one}{unit} on one data.seed, to ± {many}{unit} with a data.seed "
        f"each, as where it follows seed; in brackets what {size} runs leave open"
    )


def _negative(split: Split, size: str) -> Iterator[str]:
    for name, value in zip(NAMES, split.unclipped[:2], strict=True):
        if value < 0:
            yield f"what {name} does is estimated below zero, and taken as zero: {size} runs don't show it"
