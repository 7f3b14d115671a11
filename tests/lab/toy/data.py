"""Points of the plane: is the product of their coordinates positive?"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from src.lab.data import Batches, InMemory, fold_indices
from src.lab.seeding import epoch_order


class Points(NamedTuple):
    x: Tensor
    y: Tensor


class Splits(NamedTuple):
    train: Points
    val: Points
    test: Points


class ToyData(InMemory[Splits]):
    """Args: `seed` draws the points, `items` of them in each split."""

    def __init__(self, seed: int, batch_size: int, items: int) -> None:
        super().__init__()
        self.seed, self.batch_size, self.items = seed, batch_size, items

    def draw(self) -> Splits:
        x = torch.randn(3, self.items, 2, generator=torch.Generator().manual_seed(self.seed))
        return Splits(*(Points(each, (each.prod(1) > 0).long()) for each in x))

    def train_dataloader(self) -> Batches[Points]:
        trainer = self.trainer
        assert trainer is not None
        points = self.on_device("train")
        order = lambda: epoch_order(len(points.y), self.seed, trainer.current_epoch)  # noqa: E731
        return Batches(points, self.batch_size, order)

    def val_dataloader(self) -> Batches[Points]:
        return Batches(self.on_device("val"), self.items)

    def test_dataloader(self) -> Batches[Points]:
        return Batches(self.on_device("test"), self.items)


class ToyFolds(ToyData):
    """Validates on one of so many folds of the training points, or on points of its own."""

    def __init__(self, folds: int | None, fold: int | None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.folds, self.fold = folds, fold

    def draw(self) -> Splits:
        plain = super().draw()
        if self.folds is None:
            return plain
        train, val = fold_indices(self.items, self.folds, self.fold)
        return Splits(*(Points(*(each[index] for each in plain.train)) for index in (train, val)), plain.test)
