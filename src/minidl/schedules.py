"""Learning-rate schedules: functions of the epoch, 0, 1, ..., by which `Loop` multiplies the lr."""

from collections.abc import Callable
from math import cos, pi

Schedule = Callable[[int], float]


def constant() -> Schedule:
    """1 for ever."""
    return lambda epoch: 1.0


def linear(epochs: int, end: float = 0.0) -> Schedule:
    """From 1 along a line to `end`, reached after `epochs` epochs."""
    return lambda epoch: 1 + (end - 1) * min(epoch / epochs, 1)


def cosine(epochs: int, end: float = 0.0) -> Schedule:
    """From 1 along half a cosine to `end`, reached after `epochs` epochs (Loshchilov & Hutter 2017)."""
    return lambda epoch: end + (1 - end) * (1 + cos(pi * min(epoch / epochs, 1))) / 2


def step(every: int, factor: float = 0.1) -> Schedule:
    """Multiplied by `factor` every so many epochs."""
    return lambda epoch: factor ** (epoch // every)
