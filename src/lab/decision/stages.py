"""How many seeds there are at each look. Imports no torch."""

from __future__ import annotations

from .boundaries import levels
from .look import detectable

FIRST = 6  # seeds; with fewer no difference could be large enough
GROWTH = 1.4  # from one look to the next, about


def stages(most: int, at_once: int = 1) -> tuple[int, ...]:
    """The numbers of seeds at which is looked, the last at `most`. Where a run trains several networks at once, they
    are multiples of these: the last is then the largest that isn't above `most`.
    """
    most = max(1, most // at_once) * at_once
    first = min(FIRST, most)
    steps = _steps(first, most)
    counts = [first * (most / first) ** (k / steps) for k in range(steps + 1)] if steps else [most]
    return tuple(sorted({min(most, at_once * -(-round(count) // at_once)) for count in counts}))


def _steps(first: int, most: int) -> int:
    """So many that each is about `GROWTH` times the one before."""
    count, steps = float(first), 0
    while count * GROWTH**0.5 < most:
        count *= GROWTH
        steps += 1
    return steps


def detected(planned: tuple[int, ...], alpha: float, power: float) -> list[float]:
    """Of each stage, the difference that is found until then with that power, in standard deviations of a difference.
    A little too large, as of all looks only that one counts.
    """
    most = planned[-1]
    return [
        detectable(n, level, power) for n, level in zip(planned, levels(planned, most, alpha).tolist(), strict=True)
    ]
