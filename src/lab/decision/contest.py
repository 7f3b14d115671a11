"""Groups against a baseline, looked at in stages, and what is decided of each. Imports no torch.

A group's error over all looks is bounded by the boundaries, and that over all groups by Holm's step-down procedure:
each of the `u` groups that are undecided is tested with `alpha / u`. That is closed testing by Bonferroni's inequality,
which boundaries of several looks admit as single tests do (Maurer and Bretz, "Multiple testing in group sequential
trials using graphical approaches", Statistics in Biopharmaceutical Research 2013). Where there is a margin, a group
that is better may still be within it or not, so that its share isn't free for others: each keeps its share of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..report.significance import Values
from .boundaries import levels, repeated_p
from .look import Look, look, power


class Question(NamedTuple):
    """What is to be decided, and how surely.

    Attributes:
        margin: a difference that is smaller doesn't matter, in the metric's unit; None to look for any difference.
        most: seeds, after which a group stays undecided.
        alpha: how likely, where no difference is there (or, of a margin, one that large), something is decided of any
            group at any look.
        power: with which the number of seeds that is foreseen would find a difference as large as the measured one.
    """

    margin: float | None = None
    most: int = 200
    alpha: float = 0.05
    power: float = 0.8

    def checked(self) -> Question:
        """Itself; raises ValueError where a value won't do."""
        if self.margin is not None and not 0 < self.margin < np.inf:
            raise ValueError(f"a margin of {self.margin:g} won't do: it should be above 0")
        if self.most < 3:
            raise ValueError(f"{self.most} seeds at most won't do: fewer than 3 have no spread to judge by")
        for name, value in ("alpha", self.alpha), ("power", self.power):
            if not 0 < value < 1:
                raise ValueError(f"{name}={value:g} won't do: it should be between 0 and 1")
        return self


@dataclass
class Contest:
    """One group, against the baseline.

    Attributes:
        group: its name.
        seeds: that it had at the last look.
        looks: so far.
        verdict: `higher` or `lower` (than the baseline), `within` the margin; None as long as nothing is decided.
        share: with which error the last look was taken.
        lost: of the group and of the baseline, how many of the seeds gave no figure, and why: see `report.lost.count`.
        stopped: why it can't be compared, where it can't.
    """

    group: str
    seeds: int = 0
    looks: list[Look] = field(default_factory=list)
    verdict: str | None = None
    share: float = 0.0
    lost: tuple[dict[str, int], dict[str, int]] = field(default_factory=lambda: ({}, {}))
    stopped: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it gets no more seeds."""
        return bool(self.verdict or self.stopped)

    def level(self, question: Question) -> float:
        """Of the p-value of the last look, below which something is decided."""
        return self._levels(question)[-1]

    def interval(self, question: Question) -> tuple[float, float]:
        """Of the difference, which holds after all the looks that were taken."""
        return self.looks[-1].interval(self.level(question))

    def p(self, question: Question) -> float:
        """Of the difference, after all looks and for all groups: at most alpha where one is decided."""
        return min(1.0, repeated_p(self.looks[-1].p(), self._numbers(), question.most) * question.alpha / self.share)

    def more(self, question: Question, planned: Sequence[int]) -> int | None:
        """How many more seeds it would take, if the differences go on as they are; None where the most are too few."""
        last = self.looks[-1]
        if not last.std:
            return None
        later = tuple(n for n in planned if n > last.n)
        for n, level in zip(later, self._levels(question, later), strict=True):
            surely = _within(*last._replace(n=n).interval(level), question)
            if surely or power(n, last.mean / last.std, level) >= question.power:
                return n - last.n
        return None

    def _levels(self, question: Question, later: tuple[int, ...] = ()) -> list[float]:
        """Of the later looks, or of those that were taken."""
        found: list[float] = levels(self._numbers() + later, question.most, self.share).tolist()
        return found[-len(later) :]

    def _numbers(self) -> tuple[int, ...]:
        return tuple(each.n for each in self.looks)


def judge(contests: Sequence[Contest], values: Mapping[str, Values], question: Question) -> None:
    """Takes a look at the differences of those that are undecided, and decides what can be.

    Args:
        contests: all of them.
        values: the differences of each group that has some, seed by seed: its figure less that of the baseline.
        question: what is asked.
    """
    looked = [each for each in contests if each.group in values and not each.ended]
    for each in looked:
        now = look(values[each.group])
        if now.n > (each.looks[-1].n if each.looks else 0):
            each.looks.append(now)
    while looked:
        undecided = len(contests) if question.margin is not None else sum(not each.verdict for each in contests)
        for each in looked:
            each.share = question.alpha / undecided
            each.verdict = _verdict(each, question)
        left = [each for each in looked if not each.verdict]
        if left == looked or question.margin is not None:
            return
        looked = left


def _verdict(contest: Contest, question: Question) -> str | None:
    if not contest.looks:
        return None
    low, high = contest.interval(question)
    if low > 0 or high < 0:
        return "higher" if low > 0 else "lower"
    return "within" if _within(low, high, question) else None


def _within(low: float, high: float, question: Question) -> bool:
    """Whether an interval lies inside of the margin."""
    return question.margin is not None and -question.margin < low and high < question.margin
