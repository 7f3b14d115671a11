"""Whether runs that are compared were tested on the same data. Imports no torch."""

from __future__ import annotations

from typing import Any

import polars as pl

FINGERPRINT = ("tested_on", "together")  # columns, of the data that a run was tested on


def on_other_data(both: pl.DataFrame) -> bool:
    """Whether some of the runs that were paired, with `FINGERPRINT` and the same of the other with `_right` behind each
    name, were tested on other data.
    """
    names = [name for name in both.columns if name.startswith(FINGERPRINT)]
    pairs = {*zip(*(both[name] for name in names), strict=True)}
    return any(_differs(dict(zip(names, pair, strict=True))) for pair in pairs)


def _differs(pair: dict[str, Any]) -> bool:
    """Whether two runs of the same seed were tested on other data: no part of it is the same. Not known of one network
    beside one of many, which hold the data of all of them.
    """
    first, second = (pair.get(name) for name in ("tested_on", "tested_on_right"))
    if not first or not second or pair.get("together") != pair.get("together_right"):
        return False
    return set(first.split()).isdisjoint(second.split())
