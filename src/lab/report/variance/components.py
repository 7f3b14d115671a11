"""The variance of a crossed experiment, taken apart: two-way random effects without replication (Searle, Casella &
McCulloch, "Variance components", 1992, section 4.3). It knows nothing of what the factors are. Imports no torch.

    y[i, j] = mean + a[i] + b[j] + e[i, j]

of variances A, B and E. Nothing is replicated, so E holds both chance and what a and b do only together.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..estimates import Estimate, percentiles
from ..significance import ALPHA, Values

DRAWS = 20_000


def mean_squares(values: Values) -> Values:
    """Of a, b and e, in crosses `(…, I, J)`: `(…, 3)`."""
    *_, rows, columns = values.shape
    row, column = (values.mean(axis=axis, keepdims=True) for axis in (-1, -2))
    whole = row.mean(axis=-2, keepdims=True)
    squares = (columns * (row - whole) ** 2, rows * (column - whole) ** 2, (values - row - column + whole) ** 2)
    sums = np.stack([each.sum(axis=(-1, -2)) for each in squares], axis=-1)
    found: Values = sums / degrees(rows, columns)
    return found


def degrees(rows: int, columns: int) -> NDArray[np.int64]:
    """Of freedom, of the mean squares."""
    return np.array([rows - 1, columns - 1, (rows - 1) * (columns - 1)])


def components(squares: Values, rows: int, columns: int) -> Values:
    """The unbiased estimates of A, B and E from mean squares `(…, 3)`. Those of A and B may be negative."""
    a, b, e = np.moveaxis(squares, -1, 0)
    return np.stack([(a - e) / columns, (b - e) / rows, e], axis=-1)


class Split:
    """The components of one cross, with intervals.

    These are generalised confidence intervals (Weerahandi, 1993; for gauge studies, which are such crosses, Burdick,
    Borror & Montgomery, 2005): a mean square is its expectation times χ²/df, so drawing the χ² anew gives what the
    expectations, and whatever is made of them, might be. In simulations they cover the components and their shares,
    where a parametric bootstrap and Satterthwaite's intervals do not.

    Args:
        values: `(I, J)`, both at least 2.
    """

    def __init__(self, values: Values) -> None:
        self.shape = values.shape
        squares, df = mean_squares(values), degrees(*self.shape)
        chance = np.random.default_rng(0).chisquare(df, (DRAWS, 3)) / df
        self.unclipped = components(squares, *self.shape)
        self._drawn = components(squares / chance, *self.shape)

    @cached_property
    def variances(self) -> Estimate:
        """A, B and E; what comes out negative is zero."""
        return percentiles(self.unclipped.clip(0), self._drawn.clip(0))

    @cached_property
    def shares(self) -> Estimate:
        """A, B and E as parts of their sum, which is more than zero."""
        both = self.unclipped.clip(0), self._drawn.clip(0)
        return percentiles(*(each / each.sum(axis=-1, keepdims=True) for each in both))

    @cached_property
    def largest(self) -> tuple[int, float]:
        """The place of the largest component, and how surely it is that."""
        place = int(np.argmax(self.unclipped))
        return place, float(np.mean(np.argmax(self._drawn, axis=-1) == place))

    def half(self, rows: int, columns: int, cells: int) -> Estimate:
        """Half of the 95 % interval of a mean over so many levels of a and b, in so many cells, if the components were
        known. Its own interval is of components that may be negative, whose sum is unbiased.
        """
        by, reach = np.array([1 / rows, 1 / columns, 1 / cells]), ndtri(1 - ALPHA / 2)
        _, low, high = percentiles(self.unclipped @ by, self._drawn @ by)
        value = self.unclipped.clip(0) @ by
        return Estimate(*(reach * np.sqrt(each) for each in (value, low.clip(0, value), high.clip(value))))
