"""Points of the plane: is the product of their coordinates positive?"""

from typing import NamedTuple

import torch
from torch import Tensor

from src.lab.data import Batches, InMemory
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
        order = lambda: epoch_order(self.items, self.seed, trainer.current_epoch)  # noqa: E731
        return Batches(self.on_device("train"), self.batch_size, order)

    def val_dataloader(self) -> Batches[Points]:
        return Batches(self.on_device("val"), self.items)

    def test_dataloader(self) -> Batches[Points]:
        return Batches(self.on_device("test"), self.items)
