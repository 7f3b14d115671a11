"""The largest complete part of a cross of which runs are missing. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MOST_PARTS = 20_000  # that are tried


class Cross(NamedTuple):
    """Levels of two factors of which every combination is there."""

    rows: list[str]
    columns: list[int]


def largest_cross(there: Iterable[tuple[str, int]], rows: Sequence[str], columns: Sequence[int]) -> Cross | None:
    """Of the combinations that are there, the most that are all of some rows with all of some columns, two of each at
    least; None where there are none such. Their columns are what some of the rows have in common, so those are tried.

    Raises:
        ValueError: so much is missing that there is no trying them all.
    """
    found = dict.fromkeys(rows, 0)  # the columns of each, as bits
    for row, column in there:
        found[row] |= 1 << columns.index(column)
    common: set[int] = set()
    for own in {*found.values()}:
        common |= {own & other for other in common} | {own}
        if len(common) > MOST_PARTS:
            raise ValueError("too many runs of the cross are missing to find its largest complete part: train them")
    parts = [([row for row in rows if found[row] & part == part], part) for part in common if part.bit_count() >= 2]
    best = max(
        (each for each in parts if len(each[0]) >= 2), key=lambda each: len(each[0]) * each[1].bit_count(), default=None
    )
    if best is None:
        return None
    return Cross(best[0], [column for i, column in enumerate(columns) if best[1] >> i & 1])
