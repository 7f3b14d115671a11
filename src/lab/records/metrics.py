"""Metrics by name, and what a configuration says of them: unit, and which direction is better. Imports no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

Metrics = dict[str, float]

STD = "std "  # before the name of a metric in metrics.csv: over the networks that a run trains at once


class Meaning(NamedTuple):
    """What a configuration says of a metric; the engine guesses none of it.

    Attributes:
        unit: stands behind its values.
        better: None where nobody says it: such a metric is shown, and not ranked by.
        unlearnt: a network whose value is worse has not learnt; None where there is no such bound.
    """

    unit: str = ""
    better: Literal["lower", "higher"] | None = None
    unlearnt: float | None = None


UNKNOWN = Meaning()


def meanings(names: Iterable[str], described: Mapping[str, Mapping[str, Any]]) -> dict[str, Meaning]:
    """Of each name, what `described` says: the entry of that name, else the first whose pattern fits it."""
    found = {}
    for name in names:
        entry = described.get(name) or next((said for key, said in described.items() if fnmatchcase(name, key)), None)
        found[name] = Meaning(**entry) if entry else UNKNOWN
    return found


def diverged(metrics: Metrics) -> str | None:
    """`train/loss is nan`: the first loss that is not a finite number, if there is one."""
    for name, value in metrics.items():
        if re.split(r"[/_.\s]", name)[-1] == "loss" and not math.isfinite(value):
            return f"{name} is {value}"
    return None


class Axis(NamedTuple):
    """A metric along an axis, and what its numbers mean."""

    metric: str
    meaning: Meaning

    @property
    def label(self) -> str:
        """`test rmse (USD)`."""
        return title(self.metric) + (f" ({self.meaning.unit})" if self.meaning.unit else "")


def title(name: str) -> str:
    """`test/top_1` as people read it: `test top 1`."""
    return name.replace("_", " ").replace("/", " ")


def capital(text: str) -> str:
    """As a sentence begins, and otherwise as it is."""
    return text[:1].upper() + text[1:]


def in_words(name: str, value: float | None, unit: str = "") -> str:
    """`test rmse 12.3 USD`, with three digits that count; percentages with one behind the point."""
    if value is None or not math.isfinite(value):
        return f"{title(name)} is not a number"
    figure = f"{value:.1f}" if unit == "%" else f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"
    return f"{title(name)} {figure} {unit}".rstrip()


def in_a_line(result: dict[str, Any]) -> str:
    """Of a result, the objective and what is shown beside it; all figures where that is nothing."""
    figures, units = result["metrics"], result["units"]
    names = dict.fromkeys([*filter(None, [result["objective"]]), *result["shown"]]) or figures
    return ", ".join(in_words(name, figures[name], units.get(name, "")) for name in names if name in figures)


def decimals(value: float, unit: str = "") -> int:
    """How many digits behind the point show two that count, in a value or a std; of percentages, always two."""
    if unit == "%" or not value or not math.isfinite(value):
        return 2
    return min(12, max(0, 1 - math.floor(math.log10(abs(value)))))


def fixed(value: float, digits: int, sign: str = "") -> str:
    """So many digits behind the point, as far as anybody reads such a figure: `1.235e+12`."""
    return f"{value:{sign}.{digits}f}" if abs(value) < 1e9 else f"{value:{sign}.4g}"


def behind(unit: str) -> str:
    """A unit behind a difference in it: ` points` of percentages, ` USD`, or nothing where there is none."""
    return " points" if unit == "%" else f" {unit}".rstrip()
