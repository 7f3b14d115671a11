"""Runs on several tasks as one figure, with bootstrap intervals, as rliable has them (Agarwal et al., "Deep
reinforcement learning at the edge of the statistical precipice", 2021). It knows nothing of what the numbers mean.
Imports no torch.

A bootstrap sample draws the runs of each task anew, with replacement, as many as there are; here it is how often each
run was drawn. Statistics take `counts`, such samples in rows, `(samples, runs)`, or ones for the runs themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from ..estimates import Estimate, percentiles
from ..significance import ALPHA, Values

SAMPLES, AT_ONCE = 10_000, 1000  # bootstrap samples, and how many of them are in memory
MOST_LEVELS = 200  # of a profile
TRIMMED = 0.25  # of the runs, at either end, that an interquartile mean leaves out


class Scores:
    """The runs of one group on several tasks. Each task counts the same, whatever the number of its runs.

    Args:
        tasks: the scores on each task, at least one.
    """

    def __init__(self, tasks: Sequence[Values]) -> None:
        self.sizes = [len(scores) for scores in tasks]
        values, task = np.concatenate(tasks), np.repeat(np.arange(len(tasks)), self.sizes)
        self._order = np.argsort(values, kind="stable")
        self.values, self.task = values[self._order], task[self._order]
        self._parts = lcm(*self.sizes) // np.array(self.sizes)[self.task]  # of each run, in whole numbers
        self._all = lcm(*self.sizes) * len(tasks)

    @cached_property
    def share(self) -> Values:
        """What each run counts, of 1: `(runs,)`, from the lowest score."""
        return self._parts / self._all

    @property
    def once(self) -> NDArray[np.int64]:
        """The runs as they are, as a single sample."""
        return np.ones((1, len(self.values)), np.int64)

    def samples(self, seed: int) -> Iterator[NDArray[np.int64]]:
        """`SAMPLES` bootstrap samples, some at once; the same for the same seed."""
        rng = np.random.default_rng(seed)
        for _ in range(SAMPLES // AT_ONCE):
            yield np.concatenate([_drawn(rng, n) for n in self.sizes], axis=1)[:, self._order]

    def mean(self, counts: NDArray[np.int64]) -> Values:
        """The mean over tasks of the mean over runs: `(samples,)`."""
        found: Values = counts @ (self.share * self.values)
        return found

    def iqm(self, counts: NDArray[np.int64]) -> Values:
        """The interquartile mean, of the middle half of the runs of all tasks together: `(samples,)`. As in
        scipy.stats.trim_mean, what is left out at either end is rounded down: to whole runs, if tasks are of one size.
        """
        cut = int(TRIMMED * self._all)
        passed = np.cumsum(counts * self._parts, axis=1).clip(cut, self._all - cut)
        kept = np.diff(passed, axis=1, prepend=cut)
        found: Values = kept @ self.values / (self._all - 2 * cut)
        return found

    def profile(self, counts: NDArray[np.int64], levels: Values, above: bool) -> Values:
        """The share of runs that score above each level or, otherwise, at most it: `(samples, levels)`."""
        at_most = self.values[:, None] <= levels
        found: Values = counts @ (self.share[:, None] * (at_most != above))
        return found

    def estimate(self, statistic: Callable[[NDArray[np.int64]], Values]) -> Estimate:
        """The statistic of the runs, or several `(samples, statistics)`, with intervals."""
        return _estimate(statistic(self.once), map(statistic, self.samples(0)), self.sizes)


def _drawn(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """How often each of n runs comes up in n draws, `(AT_ONCE, n)`: five times as fast as a multinomial."""
    places = rng.integers(n, size=(AT_ONCE, n)) + n * np.arange(AT_ONCE)[:, None]
    return np.bincount(places.ravel(), minlength=AT_ONCE * n).reshape(AT_ONCE, n)


class Whole(NamedTuple):
    """Of the runs on all tasks.

    Attributes:
        mean: over the tasks.
        iqm: the interquartile mean, of the runs of all tasks together.
        profile: at each level, the share of runs that are as good.
    """

    mean: Estimate
    iqm: Estimate
    profile: Estimate


def whole(scores: Scores, levels: Values, above: bool) -> Whole:
    """See `Scores.profile` for the levels."""
    profile = scores.estimate(lambda counts: scores.profile(counts, levels, above))
    return Whole(scores.estimate(scores.mean), scores.estimate(scores.iqm), profile)


def levels(scores: Iterable[Values]) -> Values:
    """Where profiles change: at every score, or in equal steps where that would be many."""
    each = np.unique(np.concatenate([*scores]))
    return each if len(each) <= MOST_LEVELS else np.linspace(each[0], each[-1], MOST_LEVELS)


def improvement(first: Scores, second: Scores, higher: bool) -> Estimate:
    """The probability that a run of the first is better than a run of the second on the same task, in the mean over
    the tasks, which are the same for both; of equal scores half. In a bootstrap sample both are drawn anew.
    """
    ahead = np.sign(first.values[:, None] - second.values) * (1 if higher else -1)
    same = first.task[:, None] == second.task
    won = same * (1 + ahead) / 2 * first.share[:, None] * second.share * len(first.sizes)

    def probability(ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> Values:
        found: Values = (ours @ won * theirs).sum(axis=1)
        return found

    drawn = map(probability, first.samples(0), second.samples(1))
    return _estimate(probability(first.once, second.once), drawn, first.sizes + second.sizes)


def coverage(runs: int, tasks: int) -> float:
    """How often such a 95 % interval of a mean over tasks covers it, where scores are normal: what is drawn anew of n
    runs varies by a factor of (n - 1) / n less than they do, and percentiles are those of a normal, not of Student's t.
    """
    reach = ndtri(1 - ALPHA / 2) * (1 - 1 / runs) ** 0.5
    return float(2 * stdtr(tasks * (runs - 1), reach) - 1)


def _estimate(found: Values, drawn: Iterable[Values], sizes: list[int]) -> Estimate:
    """Where a task has one run, which drawn anew is the same, there is no interval."""
    if min(sizes) < 2:
        return Estimate(found[0], *np.full((2, *found[0].shape), np.nan))
    return percentiles(found[0], np.concatenate([*drawn]))
