"""How many digits figures have on paper, so that none rounds away what decides. Imports no torch."""

from __future__ import annotations

import math
from collections.abc import Collection

import polars as pl

from ...records.metrics import decimals

LARGE, TINY = 1e9, 9  # from here on, and behind the point, figures are written with a power of ten


def digits(summary: pl.DataFrame, reference: str | None, decided: Collection[str], unit: str = "") -> dict[str, int]:
    """By group, after how many digits behind the point (before it, where negative) its mean is rounded: with two that
    count of the half of its interval. The reference, and those of which it is decided that they differ from it, have as
    many as show them apart.
    """
    rows = [row for row in summary.iter_rows(named=True) if row["mean"] is not None]
    found = {row["group"]: places(row["half"] or row["std"] or row["mean"], unit) for row in rows}
    means = {row["group"]: row["mean"] for row in rows}
    if reference not in means:
        return found
    others = [group for group in means if group in decided and not math.isclose(means[group], means[reference])]
    while alike := [
        each for each in others if _alike(means[each], means[reference], min(found[each], found[reference]))
    ]:
        for group in alike:
            more = min(found[group], found[reference]) + 1
            found |= {name: max(found[name], more) for name in (group, reference)}
    return found


def places(value: float, unit: str = "") -> int:
    """Behind the point, to show two digits that count of it; of percentages at least two behind the point."""
    least = decimals(value, unit) if unit == "%" or not value else -300
    return max(least, 1 - math.floor(math.log10(abs(value)))) if value else least


def shown(value: float, after: int, sign: str = "") -> str:
    """The value rounded after so many digits behind the point: `1.87`, `1.235e+12`."""
    exponent = math.floor(math.log10(abs(value))) if value else 0
    if value and (abs(value) >= LARGE or after > TINY):
        return f"{value:{sign}.{min(16, max(0, after + exponent))}e}"
    return f"{value:{sign}.{max(0, after)}f}"


def _alike(first: float, second: float, after: int) -> bool:
    return float(shown(first, after)) == float(shown(second, after))  # `1e+15` and `1.0e+15` are
