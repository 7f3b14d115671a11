"""Data in memory, on the device that Lightning chose: drawn once, and mini-batches that are slices of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor

Data = TypeVar("Data", bound=tuple[Any, ...])  # a NamedTuple of tensors of the same length


class Rank(NamedTuple):
    """Which of how many processes this one is; each takes its own part of every batch."""

    number: int = 0
    world: int = 1


class Part(NamedTuple):
    """The items of a batch that are this process's: from `first` up to `last` of the `whole`."""

    first: int
    last: int
    whole: int

    @property
    def size(self) -> int:
        return self.last - self.first


class Batches(Generic[Data]):
    """Iterates over a NamedTuple of tensors `(n, …)` in batches `(batch_size, …)`, the last one maybe smaller.

    A last batch of a single item joins the one before it: batch normalisation can't train on one item. Several
    processes go through the same batches, each with its `part` of every one. DDP's mean of their gradients is that of
    the batch where each weights its loss, a mean over its part, with `weight`. Of a batch with fewer items than there
    are processes, one without any gets the next one's first, with the weight 0.

    Args:
        data: a NamedTuple of tensors of the same length.
        batch_size: items a batch, of all processes together.
        order: called at the start of each epoch for the indices `(n,)` to go by; None keeps the data's order.
        augment: called at the start of each epoch to distort the epoch's items, all at once.
        rank: which of how many processes this one is.
    """

    def __init__(
        self,
        data: Data,
        batch_size: int,
        order: Callable[[], Tensor] | None = None,
        augment: Callable[[Data], Data] | None = None,
        rank: Rank = Rank(),
    ) -> None:
        self.data, self.order, self.augment, self.rank = data, order, augment, rank
        size = len(data[0])
        whole, rest = divmod(size, batch_size)
        self.stops = [batch_size * (i + 1) for i in range(whole)] + [size] * (rest > 0)
        if rest == 1 and whole:
            del self.stops[-2]
        self.starts = [0, *self.stops[:-1]]

    def __len__(self) -> int:
        return len(self.stops)

    def __iter__(self) -> Iterator[Data]:
        data = self.data
        if self.order:
            index = self.order()
            data = type(data)(*(tensor[index.to(tensor.device)] for tensor in data))
        if self.augment:
            data = self.augment(data)
        for i, start in enumerate(self.starts):
            part = self.part(i)
            mine = slice(start + part.first, start + max(part.last, part.first + 1))
            yield type(data)(*(tensor[mine] for tensor in data))

    def part(self, i: int) -> Part:
        """What of the i-th batch is this process's."""
        whole, (number, world) = self.stops[i] - self.starts[i], self.rank
        return Part(whole * number // world, whole * (number + 1) // world, whole)

    def weight(self, i: int) -> float:
        """Of the loss of this process's part of the i-th batch: its share, times the number of processes."""
        part = self.part(i)
        return self.rank.world * part.size / part.whole

    def alone(self) -> Batches[Data]:
        """The same batches, whole."""
        alone = copy(self)
        alone.rank = Rank()
        return alone


Parts = tuple[Tensor, Tensor]  # indices of training items: those to train on, and those to validate on


def fold_indices(n: int, folds: int, fold: int | None, order: Tensor | None = None) -> Parts:
    """Takes `n` training items apart for one fold of a cross-validation. Over all the folds each item is validated on
    once; folds are equal to within one item.

    Args:
        n: items in the pool.
        folds: how many there are, from 2 to `n`.
        fold: which of them is validated on, from 0.
        order: a permutation `(n,)`, for items that don't lie in a random order already. It should come from the seed of
            the data alone: the folds of a seed are parts of one pool.

    Raises:
        ValueError: there is no such fold.
    """
    if fold is None or folds < 2 or not 0 <= fold < folds <= n:
        raise ValueError(f"there is no fold={fold} of folds={folds} in {n} items")
    every = torch.arange(n)
    held_out = every % folds == fold
    order = every if order is None else order
    return order[~held_out], order[held_out]


Splits = TypeVar("Splits", bound=tuple[Any, ...])  # a NamedTuple of sets, each a NamedTuple of tensors


class InMemory(LightningDataModule, Generic[Splits]):
    """Draws its sets once for all stages; a subclass says how, and what batches they make."""

    splits: Splits | None = None

    def draw(self) -> Splits:
        """The sets, on the CPU."""
        raise NotImplementedError

    def setup(self, stage: str) -> None:
        if self.splits is None:
            self.splits = self.draw()

    def on_device(self, split: str) -> Any:
        """A set of `splits`, where the network is."""
        assert self.trainer is not None and self.splits is not None
        tensors = getattr(self.splits, split)
        return type(tensors)(*(tensor.to(self.trainer.strategy.root_device) for tensor in tensors))

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """Nothing to move: batches are slices of what already lies on the device."""
        return batch
