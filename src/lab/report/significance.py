"""Student's t, Wilcoxon's signed ranks, Holm's correction, and how many seeds would be needed. Imports no torch."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, nctdtr, stdtr, stdtrit

from . import skewed
from .steps import Values as Values
from .steps import widened

ALPHA = 0.05  # of intervals and tests
POWER = 0.8  # with which the number of seeds that would be needed finds a difference as large as the measured one
MOST_SEEDS = 10_000
SAME = 1e-9  # of the largest: what differs by less differs by the last digits of floating point

INTERVALS = ("half", "std_low", "std_high", "bca_low", "bca_high")
STATISTICS = ("difference", "half", "bca_low", "bca_high", "p_t", "p_wilcoxon", "effect")


def half_interval(std: Values, n: NDArray[np.integer]) -> Values:
    """Half of the 95 % interval of a mean by Student's t; NaN where n < 2."""
    with np.errstate(invalid="ignore", divide="ignore"):
        half: Values = stdtrit(n - 1.0, 1 - ALPHA / 2) * std / np.sqrt(n)
    return half


@np.errstate(over="ignore", invalid="ignore")  # of figures that nobody reads
def intervals(values: Values) -> dict[str, float | None]:
    """Of 95 %: `half` of that of the mean (t); that of the mean of `skewed` values, and that of the std of others, by
    chi-square, which is of no use where they are not normal, however many they are (Box, 1953). Null where it is not
    known, as of values that are all the same.
    """
    found: dict[str, float | None] = dict.fromkeys(INTERVALS)
    n = len(values)
    std = float(values.std(ddof=1)) if n > 1 else 0.0
    if std > SAME * np.abs(values).max():
        found["half"] = float(half_interval(np.array(std), np.array(n)))
        if skewed.is_skewed(values):
            found["bca_low"], found["bca_high"] = skewed.interval(values)
        else:
            tails = (ALPHA / 2, 1 - ALPHA / 2)
            found["std_low"], found["std_high"] = (std * float((n - 1) / chdtri(n - 1, tail)) ** 0.5 for tail in tails)
    return found


def difference(values: Values, step: float = 0.0) -> dict[str, float | None]:
    """The statistics of one group's differences, seed by seed, between figures that come in steps of this size (0: in
    none), see `widened`. Where all are the same there is no spread to judge by, and but for the ranks none: figures
    come in steps (of one test example), and few seeds meet on one by chance. `bca_low` and `bca_high` are the
    interval of those that are `skewed`, and null of the others.
    """
    n = len(values)
    row: dict[str, float | None] = {"n": n} | dict.fromkeys(STATISTICS)
    exact = np.round(values / step) if step else values  # in steps, as they were before float32 rounded the figures
    if n:
        row["difference"] = float(values.mean())
    if n > 1:
        row["p_wilcoxon"] = wilcoxon(exact)
        if exact.std() > SAME * np.abs(exact).max():
            std = float(values.std(ddof=1))
            std = float(widened(np.array(std), step))
            row["half"] = float(half_interval(np.array(std), np.array(n)))
            row["p_t"] = float(2 * stdtr(n - 1, -abs(values.mean()) / std * n**0.5))
            row["effect"] = float(values.mean() / std)
            if skewed.is_skewed(values):
                row["bca_low"], row["bca_high"] = skewed.interval(values)
    return row


def wilcoxon(values: Values) -> float:
    """Two-sided p of the signed-rank test (Wilcoxon, 1945), exact with ties too: by counting, over all signs, how
    often the ranks' sum is as far out. Zeros are left out. Its own, since scipy.stats takes most of a second to import.
    """
    values = np.round(values / (np.abs(values).max() or 1) / SAME)  # 2.3 - 2.1 and 0.3 - 0.1 are a tie
    values = values[values != 0]
    if not len(values):
        return 1.0
    size, counts = np.unique(np.abs(values), return_counts=True)
    ends = np.cumsum(counts)
    twice = dict(zip(size.tolist(), (2 * ends - counts + 1).tolist(), strict=True))  # midranks, doubled: whole numbers
    ranks = [twice[abs(value)] for value in values.tolist()]
    total = sum(ranks)
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for rank in ranks:
        ways[rank:] = (ways[rank:] + ways[: total + 1 - rank]) / 2
        ways[:rank] /= 2
    positive = sum(rank for rank, value in zip(ranks, values, strict=True) if value > 0)
    return min(1.0, 2 * float(ways[: min(positive, total - positive) + 1].sum()))


def holm(p_values: list[float | None]) -> list[float | None]:
    """The p-values, corrected for how many they are (Holm, 1979); None stays."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for place, (p, i) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - place)))
        corrected[i] = largest
    return corrected


def corrected(p_values: Iterable[float | None], n: Iterable[int]) -> list[float | None]:
    """The p-values of groups by Holm. One that was measured over several seeds and can't be tested counts among them,
    as if it did not differ.
    """
    known = list(p_values)
    asked = holm([1.0 if p is None and seeds > 1 else p for p, seeds in zip(known, n, strict=True)])
    return [None if p is None else found for p, found in zip(known, asked, strict=True)]


def seeds_needed(effect: float, alpha: float = ALPHA) -> int | None:
    """The least number of seeds with which the paired t test finds an effect of this size with a power of 80 %; None
    where more than 10,000 would be needed.
    """

    def enough(n: int) -> bool:
        return bool(1 - nctdtr(n - 1, abs(effect) * n**0.5, stdtrit(n - 1, 1 - alpha / 2)) >= POWER)

    high = 2
    while not enough(high):  # upwards, since far out the distribution's function gives up
        if high == MOST_SEEDS:
            return None
        high = min(2 * high, MOST_SEEDS)
    return bisect_left(range(high + 1), True, lo=max(2, high // 2), key=enough)
