"""In which ways runs can differ beside their configuration and seed, and how that is said. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import polars as pl

Value = tuple[str | None, str | None]  # as every result says it, and more exactly, as those of today do
Said = Callable[[Value, Iterable[Value]], str]  # in words, beside all that there are

MOST = 3  # values and groups that a line names
FEW = 7  # digits of a hash that a line has


class Aspect(NamedTuple):
    """A way in which runs can differ.

    Attributes:
        rough: the column that says it.
        exact: the one that says it more exactly, in newer results.
        said: how a value is said.
        compared: whether groups that differ in it are said to; `exactly`, where both say it exactly.
    """

    rough: str
    exact: str | None
    said: Said
    compared: str = ""

    def value(self, row: Mapping[str, Any]) -> Value:
        return row.get(self.rough), row.get(self.exact) if self.exact else None

    def differ(self, first: Value, second: Value) -> bool:
        """Whether two values surely are not the same."""
        if first[1] and second[1]:
            return first[1] != second[1]
        return self.compared != "exactly" and bool(first[0] and second[0]) and first[0] != second[0]

    def instead(self, now: Iterable[Value], then: Iterable[Value]) -> str:
        """`at 71e88e8 instead of 3f2a9c1`."""
        every = dict.fromkeys([*now, *then])
        ours, theirs = ([self.said(value, every) for value in dict.fromkeys(each)] for each in (now, then))
        return f"{few(ours)} instead of {few([each.partition(' ')[2] for each in theirs])}"

    def of(self, runs: pl.DataFrame) -> pl.DataFrame:
        """`group`, `seed` and `fold` of the runs that say it, and how: `rough` and `exact`."""
        rough, exact, fold = (
            (pl.col(name) if name in runs.columns else pl.lit(None)).cast(kind)
            for name, kind in ((self.rough, pl.String), (self.exact, pl.String), ("fold", pl.Int64))
        )
        found = runs.select("group", "seed", fold.alias("fold"), rough.alias("rough"), exact.alias("exact"))
        return found.filter(pl.col("rough").is_not_null() | pl.col("exact").is_not_null())


def few(words: list[str]) -> str:
    """The first of them, and how many more there are."""
    rest = len(words) - MOST
    return ", ".join(words[:MOST]) + (f" and {rest} more" if rest > 0 else "")


def made_with(part: Mapping[str, Any]) -> dict[str, str | None]:
    """What a result, or what it was `before`, says of its code, packages and device."""
    packages = ", ".join(f"{name} {version}" for name, version in (part.get("versions") or {}).items())
    return {key: part.get(key) for key in ("git", "code", "device", "processor")} | {"versions": packages or None}


def went_on(result: Mapping[str, Any]) -> Iterator[str]:
    """`at 71e88e8 instead of 3f2a9c1 from epoch 25`, where a run went on with other code, packages or devices."""
    for was, then in pairwise([*result.get("before", []), result]):
        old, new = made_with(was), made_with(then)
        values = [(each, each.value(new), each.value(old)) for each in ASPECTS if each.compared]
        if said := [each.instead([a], [b]) for each, a, b in values if each.differ(a, b)]:
            yield f"{', '.join(said)} from epoch {was['until']}"


def revision(value: Value, values: Iterable[Value]) -> str:
    """The commit, and digits of the code where the commit doesn't tell."""
    git, code = value
    commit, dash, rest = (git or "").partition("-")
    alike = [each for each in values if each[0] == git and each != value]
    digits = f"code {code[:FEW]}" if code and (not git or git.endswith("-dirty") or alike) else ""
    if not git:
        return f"with {digits}"
    return f"at {commit[:FEW]}{dash}{rest}" + (f" ({digits})" if digits else "")


def packages(value: Value, values: Iterable[Value]) -> str:
    """Only those that differ."""
    same = set.intersection(*(set((each or "").split(", ")) for each, _ in values))
    return "with " + (", ".join(each for each in (value[0] or "").split(", ") if each not in same) or "fewer packages")


def device(value: Value, _: Iterable[Value]) -> str:
    return f"on {value[0]}" + (f" ({value[1]})" if value[1] else "")


CHANGED = Aspect("changed", None, lambda value, _: f"changed on the way: {value[0]}")
ASPECTS = (
    Aspect("git", "code", revision, compared="exactly"),
    Aspect("versions", None, packages, compared="yes"),
    Aspect("device", "processor", device, compared="yes"),
    Aspect("configuration", None, lambda value, _: f"of configuration {(value[0] or '')[:6]}"),
    CHANGED,
)
