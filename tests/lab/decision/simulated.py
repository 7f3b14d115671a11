"""Studies of which the truth is known, decided as real ones are. `python -m tests.lab.decision.simulated` prints the
tables: wrong decisions where there is no difference, then power, seeds and the interval's coverage where there is one.
"""

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import nctdtr, stdtrit

from src.lab.decision.contest import Contest, Question, judge
from src.lab.decision.stages import stages

Values = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Values]

# Errors as networks have them: what they mean is no matter, their shape is.
SHAPES: dict[str, Draw] = {
    "normal": lambda rng, size: rng.normal(size=size),
    "skewed": lambda rng, size: np.exp(rng.normal(size=size)),  # lognormal
    "discrete": lambda rng, size: rng.binomial(100, 0.02, size=size),  # of 100 test items, two are wrong
    "tied": lambda rng, size: rng.poisson(0.3, size=size).astype(float),  # of very many, mostly none
    "heavy": lambda rng, size: rng.standard_t(3, size=size),
    "unlearnt": lambda rng, size: 2 + 0.4 * rng.normal(size=size) + 48 * (rng.random(size) < 0.1),  # one in ten
}


class Came(NamedTuple):
    """What came of some studies of one group more than `groups - 1`, all of the same truth.

    Attributes:
        decided: the share of studies in which one is said to differ.
        within: in which one is said to lie within the margin.
        seeds: the mean of what the first group had.
        covered: the share of studies in which its interval held the true difference.
    """

    decided: float
    within: float
    seeds: float
    covered: float


def decided(differences: Values, question: Question) -> list[Contest]:
    """What is decided of groups, from their differences to the baseline: groups × seeds."""
    contests = [Contest(str(place)) for place in range(len(differences))]
    for seeds in stages(question.most):
        left = [each for each in contests if not each.ended]
        for each in left:
            each.seeds = seeds
        judge(contests, {each.group: differences[int(each.group), :seeds] for each in left}, question)
    return contests


def studies(draw: Draw, groups: int, effect: float, question: Question, times: int, seed: int = 0) -> Iterator[Came]:
    """Each of so many studies, in which all but the baseline are higher by `effect` standard deviations of a
    difference.
    """
    rng = np.random.default_rng(seed)
    shift = effect * float(np.std(draw(rng, (200_000,)))) * 2**0.5
    for _ in range(times):
        figures = draw(rng, (groups, question.most))
        contests = decided(figures[1:] + shift - figures[0], question)
        low, high = contests[0].interval(question)
        wrong = [each.verdict == "within" for each in contests]
        differ = [each.verdict in ("higher", "lower") for each in contests]
        yield Came(any(differ), any(wrong), contests[0].seeds, low <= shift <= high)


def came(draw: Draw, groups: int, effect: float, question: Question, times: int, seed: int = 0) -> Came:
    """The means over so many studies."""
    found = np.array(list(studies(draw, groups, effect, question, times, seed)), float)
    return Came(*found.mean(axis=0).tolist())


def fixed_plan(effect: float, power: float, alpha: float = 0.05) -> int:
    """How many seeds a paired t test takes that looks once, for that power."""
    n = 3
    while 1 - nctdtr(n - 1, effect * n**0.5, stdtrit(n - 1, 1 - alpha / 2)) < power:
        n += 1
    return n


def main(times: int) -> None:
    question = Question()
    for name, draw in SHAPES.items():
        shares = [came(draw, groups, 0.0, question, times) for groups in (2, 5)]
        print(f"{name:9} no difference:", *(f"{100 * each.decided:.2f} % wrong" for each in shares), flush=True)
    for name in "normal", "skewed", "discrete":
        for effect in 0.25, 0.5, 1.0:
            each = came(SHAPES[name], 2, effect, question, times)
            plan = fixed_plan(effect, min(each.decided, 0.999))
            print(f"{name:9} {effect} std: {each}, a fixed plan: {plan}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
