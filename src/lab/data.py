"""Data in memory, on the device that Lightning chose: drawn once, and mini-batches that are slices of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor

Data = TypeVar("Data", bound=tuple[Any, ...])  # a NamedTuple of tensors of the same length


class Rank(NamedTuple):
    """Which of how many processes this one is; each takes its own part of the items."""

    number: int = 0
    world: int = 1


class Batches(Generic[Data]):
    """Iterates over a NamedTuple of tensors `(n, …)` in batches `(batch_size, …)`, the last one maybe smaller.

    A last batch of a single item joins the one before it: batch normalisation can't train on one item.

    Args:
        data: a NamedTuple of tensors of the same length.
        batch_size: items a batch, for each process.
        order: called at the start of each epoch for the indices `(n,)` to go by; None keeps the data's order.
        augment: called at the start of each epoch to distort the epoch's items, all at once.
        rank: under several processes, every `world`-th item is this one's.
    """

    def __init__(
        self,
        data: Data,
        batch_size: int,
        order: Callable[[], Tensor] | None = None,
        augment: Callable[[Data], Data] | None = None,
        rank: Rank = Rank(),
    ) -> None:
        self.order = order
        self.augment = augment
        self.rank = rank
        every = torch.arange(len(data[0]))
        mine = every[rank.number :: rank.world]
        # Training takes equal parts, since every step waits for every process; evaluation counts each item once.
        self.size = len(every) // rank.world if order else len(mine)
        self.data = data if order else _select(data, mine)
        whole, rest = divmod(self.size, batch_size)
        self.stops = [batch_size * (i + 1) for i in range(whole)] + [self.size] * (rest > 0)
        if rest == 1 and whole:
            del self.stops[-2]

    def __len__(self) -> int:
        return len(self.stops)

    def __iter__(self) -> Iterator[Data]:
        data = self.data
        if self.order:
            first, world = self.rank
            data = _select(data, self.order()[first : self.size * world : world])
        if self.augment:
            data = self.augment(data)
        start = 0
        for stop in self.stops:
            yield type(data)(*(tensor[start:stop] for tensor in data))
            start = stop


def _select(data: Data, index: Tensor) -> Data:
    return type(data)(*(tensor[index.to(tensor.device)] for tensor in data))


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
