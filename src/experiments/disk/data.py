"""Points of the unit square: is a point inside the disk of radius 1/√(2π) around (½, ½), half of the square's area?"""

from __future__ import annotations

from functools import cache, cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from src import minidl
from src.lab.data import Batches, InMemory, Parts, fold_indices
from src.lab.seeding import stream

from .schema import RADIUS, Targets

CELLS = 200  # a side of the grid: areas are then right to about 0.02 % of the square


class Points(NamedTuple):
    """Inputs `([runs,] n, 2)` and targets `([runs,] n, features)`, see `encode`."""

    inputs: Tensor
    targets: Tensor


class Splits(NamedTuple):
    """The three sets of points and, for areas, a grid over the whole square as a fourth."""

    train: Points
    val: Points
    test: Points
    grid: Points


def inside(points: Tensor) -> Tensor:
    """1 for points `(…, 2)` inside the disk, 0 for those outside of it or on its boundary: int64 `(…,)`."""
    return ((points.double() - 0.5).square().sum(-1) < RADIUS**2).long()


def encode(labels: Tensor, targets: Targets) -> Tensor:
    """Labels `(n,)` as what a network is to put out: one-hot `(n, 2)`, or 0 and 1, or -1 and 1 (`signed`), `(n, 1)`."""
    if targets == "one_hot":
        return torch.stack((1 - labels, labels), -1).to(torch.get_default_dtype())
    column = labels.unsqueeze(-1).to(torch.get_default_dtype())
    return column if targets == "zero_one" else 2 * column - 1


@cache
def grid_centres() -> Tensor:
    """The centres of `CELLS` × `CELLS` equal cells of the unit square, row by row: `(cells, 2)`."""
    ticks = (torch.arange(CELLS) + 0.5) / CELLS
    return torch.cartesian_prod(ticks, ticks).flip(-1)


def draw_points(
    seed: int, counts: tuple[int, int, int], targets: Targets, standardize: bool, parts: Parts | None = None
) -> Splits:
    """Training, validation and test points, uniform in the unit square, each set from a random stream of its own; and
    the grid, the same for every seed. With `parts`, the training points are taken apart, and no others validated on.

    `standardize` takes mean and std of the training points alone, for all of them.
    """
    generators = (torch.Generator().manual_seed(stream(seed, split)) for split in range(3))
    drawn = [torch.rand(n, 2, generator=generator) for n, generator in zip(counts, generators, strict=True)]
    if parts:
        drawn[:2] = (drawn[0][index] for index in parts)
    points = [*drawn, grid_centres()]
    inputs = minidl.standardize(*points) if standardize else points
    return Splits(*(Points(x, encode(inside(xy), targets)) for x, xy in zip(inputs, points, strict=True)))


class DiskData(InMemory[Splits]):
    """Points of the unit square. A split is a single batch, since the native loop takes it apart by itself.

    Args:
        seed: draws the points of the first network; of network r, `seed + r`.
        batch_size: training points a step. Where Lightning limits training to k batches, the first k of them are taken.
        targets: how labels are encoded, see `encode`.
        standardize: by mean and std of the training points.
        runs: networks trained at once.
        shared: all networks get the first one's points.
        folds: into how many the training points are taken apart, to cross-validate; None validates on other points.
        fold: which of them is validated on, from 0; the same of each network's points.
    """

    def __init__(
        self,
        seed: int,
        batch_size: int = 100,
        train_points: int = 1000,
        val_points: int = 1000,
        test_points: int = 1000,
        targets: Targets = "one_hot",
        standardize: bool = True,
        runs: int = 1,
        shared: bool = False,
        folds: int | None = None,
        fold: int | None = None,
    ) -> None:
        super().__init__()
        self.seeds = [seed] if shared else [seed + r for r in range(runs)]
        self.batch_size = batch_size
        self.counts = train_points, val_points, test_points
        self.parts = None if folds is None else fold_indices(train_points, folds, fold)
        self.targets = targets
        self.standardize = standardize

    def draw(self) -> Splits:
        each = [draw_points(seed, self.counts, self.targets, self.standardize, self.parts) for seed in self.seeds]
        return each[0] if len(each) == 1 else Splits(*map(_together, zip(*each, strict=True)))

    def train_dataloader(self) -> Batches[Points]:
        assert self.trainer is not None
        points, limit = self.on_device("train"), self.trainer.limit_train_batches
        if isinstance(limit, int):
            points = Points(*(tensor[..., : limit * self.batch_size, :] for tensor in points))
        return _whole(points)

    def val_dataloader(self) -> Batches[Points]:
        return _whole(self.on_device("val"))

    def test_dataloader(self) -> list[Batches[Points]]:
        """The test points, and the grid."""
        return [_whole(self.on_device("test")), _whole(self.on_device("grid"))]

    @cached_property
    def raw(self) -> Splits:
        """The first network's points where they are in the unit square."""
        return draw_points(self.seeds[0], self.counts, self.targets, False, self.parts)

    def as_inputs(self, points: Tensor) -> Tensor:
        """Points of the unit square `(n, 2)` as the first network gets them."""
        return minidl.standardize(self.raw.train.inputs, points)[1] if self.standardize else points


def _together(each: tuple[Points, ...]) -> Points:
    """One network's points after another's: `(runs, n, features)`."""
    return Points(*(torch.stack(tensors) for tensors in zip(*each, strict=True)))


def _whole(points: Points) -> Batches[Points]:
    return Batches(points, batch_size=len(points.inputs))
