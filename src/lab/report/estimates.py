"""A figure with an interval that comes of what it might be as well. Imports no torch."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..records.metrics import Meaning, decimals, fixed
from .significance import ALPHA, Values


class Estimate(NamedTuple):
    """One figure or several, `value`, and the ends of their 95 % intervals; these are NaN where there is none."""

    value: Values
    low: Values
    high: Values

    def at(self, place: int) -> Estimate:
        """One of several."""
        return Estimate(*(end[place] for end in self))

    def said(self, meaning: Meaning) -> str:
        """`1.85 (1.70 to 2.01)`, of one figure, in the digits that the interval asks for."""
        value, low, high = map(float, self)
        if math.isnan(low):
            return fixed(value, decimals(value, meaning.unit))
        digits = decimals(high - low or value, meaning.unit)
        return f"{fixed(value, digits)} ({fixed(low, digits)} to {fixed(high, digits)})"

    def numbers(self) -> dict[str, float | None]:
        """By `""`, ` low` and ` high`, of one figure, what JSON can hold."""
        ends = zip(("", " low", " high"), map(float, self), strict=True)
        return {end: value if math.isfinite(value) else None for end, value in ends}


def percentiles(value: Values, drawn: Values) -> Estimate:
    """Of what was drawn, along its first axis."""
    return Estimate(value, *np.quantile(drawn, [ALPHA / 2, 1 - ALPHA / 2], axis=0))
