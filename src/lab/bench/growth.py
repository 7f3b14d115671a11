"""How a cost grows with what it is of: tables with the exponent, plots, and where another way gets better."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from ..records.atomic import put
from ..report import screen

ROUNDS = 3


class Growth(NamedTuple):
    """A cost at some sizes, in one way or in several.

    Args:
        name: of the table.
        says: what is measured.
        size: what it grows with.
        at: the sizes, ascending.
        ways: by name, what gives the cost at a size, in an empty folder.
        unit: of the cost.
        rounds: of which the median counts.
    """

    name: str
    says: str
    size: str
    at: Sequence[int]
    ways: Mapping[str, Callable[[int, Path], float]]
    unit: str = "s"
    rounds: int = ROUNDS


class Grown(NamedTuple):
    """What was measured: by way, the cost at each size."""

    growth: Growth
    costs: dict[str, list[float]]

    def exponents(self, way: str) -> tuple[float, float]:
        """The slope of log cost over log size: of the whole by least squares, and of the last two sizes."""
        x, y = np.log(np.array(self.growth.at, float)), np.log(np.array(self.costs[way]))
        return float(np.polyfit(x, y, 1)[0]), float((y[-1] - y[-2]) / (x[-1] - x[-2]))

    def crossings(self) -> list[str]:
        """Where one way's cost meets another's, in words; between two sizes, on straight lines of the logarithms."""
        found = []
        for first, second in pairwise(self.costs):
            gaps = np.log(self.costs[second]) - np.log(self.costs[first])
            for i, (before, after) in enumerate(pairwise(gaps)):
                if before * after < 0:
                    low, high = (math.log(size) for size in self.growth.at[i : i + 2])
                    size = math.exp(low + (high - low) * before / (before - after))
                    better = second if before > 0 else first
                    found.append(f"from {float(f'{size:.2g}'):,g} {self.growth.size} on, {better} is the better one")
        best = min(self.costs, key=lambda way: self.costs[way][-1])
        return found or [f"{best} is the better one at each of the sizes"]


def measure(growth: Growth) -> Grown:
    """Each size by each way in turn."""
    costs: dict[str, list[float]] = {way: [] for way in growth.ways}
    for size in growth.at:
        each: dict[str, list[float]] = {way: [] for way in growth.ways}
        for _ in range(growth.rounds):
            for way, cost in growth.ways.items():
                with tempfile.TemporaryDirectory() as folder:
                    each[way].append(cost(size, Path(folder)))
        for way, values in each.items():
            costs[way].append(median(values))
        print(
            f"  {size:,} {growth.size}: " + ", ".join(f"{way} {costs[way][-1]:.3g} {growth.unit}" for way in costs),
            flush=True,
        )
    return Grown(growth, costs)


def table(grown: Grown) -> list[list[str]]:
    """A row a size, then the exponents."""
    growth, costs = grown
    cells = [[growth.size, *(f"{way} ({growth.unit})" for way in costs)]]
    cells += [[f"{size:,}", *(f"{costs[way][i]:.3g}" for way in costs)] for i, size in enumerate(growth.at)]
    whole, last = zip(*(grown.exponents(way) for way in costs), strict=True)
    return [
        *cells,
        ["exponent", *(f"{each:.2f}" for each in whole)],
        ["of the last two", *(f"{each:.2f}" for each in last)],
    ]


def plot(grown: Grown, path: Path) -> None:
    """Both axes logarithmic."""
    from ..dashboard.style import SERIES, png, sheet, styled

    @styled
    def draw() -> bytes:
        figure = sheet(6, 4)
        axes = figure.subplots()
        for colour, (way, costs) in zip(SERIES, grown.costs.items(), strict=False):
            axes.loglog(grown.growth.at, costs, "o-", color=colour, label=way)
        axes.set(xlabel=grown.growth.size, ylabel=grown.growth.unit, title=grown.growth.says)
        axes.legend()
        return png(figure)

    put(draw(), path)


def run(found: Sequence[Growth], only: Sequence[str], folder: Path) -> None:
    """Measures those in `only`, or all; shows each, and writes its figures and its plot into the folder.

    Raises:
        ValueError: there is no such name.
    """
    if unknown := {*only} - {each.name for each in found}:
        raise ValueError(f"there is no {min(unknown)} here: there are {', '.join(each.name for each in found)}")
    for growth in found:
        if not only or growth.name in only:
            print(growth.says)
            grown = measure(growth)
            screen.show(table(grown))
            said = grown.crossings() if len(grown.costs) > 1 else []
            print(*said, sep="\n")
            figures = {"says": growth.says, "size": growth.size, "at": list(growth.at), "unit": growth.unit}
            exponents = {way: grown.exponents(way) for way in grown.costs}
            whole = figures | {"costs": grown.costs, "exponents": exponents, "crossings": said}
            put(json.dumps(whole, indent=1), folder / f"{growth.name}.json")
            plot(grown, folder / f"{growth.name}.png")
