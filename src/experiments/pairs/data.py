"""Pairs of MNIST digits: is the first digit less than or equal to the second?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from src.lab.data import Batches, InMemory, Parts, Rank, fold_indices
from src.lab.seeding import epoch_order, stream

from . import mnist
from .augment import Affine

POOLED = 10_000  # images at once: as floats they take 16 times the memory of what is kept
EVAL_BATCH = 250  # pairs a forward pass without gradients: few calls, and activations that fit the cache


class Pairs(NamedTuple):
    """Images `(n, 2, 14, 14)` float32, digit classes `(n, 2)` int64, targets `(n,)` int64: 1 where first ≤ second."""

    images: Tensor
    classes: Tensor
    target: Tensor


class Splits(NamedTuple):
    """The three sets of pairs, standardised by the mean and the std of the training images."""

    train: Pairs
    val: Pairs
    test: Pairs


def draw_pairs(
    digits: mnist.MNIST, seed: int, train_pairs: int, val_pairs: int, test_pairs: int, parts: Parts | None = None
) -> Splits:
    """Draws images without replacement: training and validation pairs from the training part, test pairs from the
    test part. The same seed draws the same pairs everywhere, and the training pairs don't depend on the other counts.
    With `parts`, the training pairs are taken apart, and no others are drawn to validate on.

    Raises:
        ValueError: more pairs asked for than there are images.
    """
    val_pairs = val_pairs if parts is None else 0
    for part, pairs in ("train", train_pairs + val_pairs), ("test", test_pairs):
        images = len(getattr(digits, part).images)
        if 2 * pairs > images:
            what = "training and validation" if part == "train" else "test"
            raise ValueError(f"{pairs} {what} pairs need {2 * pairs} images, there are {images}: ask for fewer")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(digits.train.images), generator=generator)
    order_test = torch.randperm(len(digits.test.images), generator=generator)
    pool, others = order[: 2 * train_pairs].view(-1, 2), order[2 * train_pairs : 2 * (train_pairs + val_pairs)]
    taken = (pool, others) if parts is None else [pool[index] for index in parts]
    train, val = (_pairs(digits.train, each.flatten()) for each in taken)
    test = _pairs(digits.test, order_test[: 2 * test_pairs])
    mean, std = train.images.mean(), train.images.std()
    return Splits(*(part._replace(images=(part.images - mean) / std) for part in (train, val, test)))


def _pairs(digits: mnist.Digits, index: Tensor) -> Pairs:
    """Pairs of consecutive indices, averaged over blocks of 2×2 pixels."""
    pooled = [functional.avg_pool2d(digits.images[some].float().unsqueeze(1), 2) for some in torch.split(index, POOLED)]
    images = torch.cat(pooled).view(-1, 2, 14, 14)
    classes = digits.classes[index].view(-1, 2)
    return Pairs(images, classes, (classes[:, 0] <= classes[:, 1]).long())


class PairsData(InMemory[Splits]):
    """Pairs of digits, for any network.

    Args:
        seed: draws the pairs and, with the epoch, the order of training.
        batch_size: training pairs a step, of all processes together.
        augment: distorts the training images anew each epoch.
        root: the folder with MNIST/raw; None takes the 20,000 digits in the repository.
        download: whether missing files may be fetched.
        folds: into how many the training pairs are taken apart, to cross-validate; None validates on other pairs.
        fold: which of them is validated on, from 0.
    """

    def __init__(
        self,
        seed: int,
        batch_size: int = 100,
        train_pairs: int = 1000,
        val_pairs: int = 1000,
        test_pairs: int = 1000,
        augment: Affine | None = None,
        root: str | Path | None = None,
        download: bool = False,
        folds: int | None = None,
        fold: int | None = None,
    ) -> None:
        super().__init__()
        self.seed = seed
        self.batch_size = batch_size
        self.counts = train_pairs, val_pairs, test_pairs
        self.parts = None if folds is None else fold_indices(train_pairs, folds, fold)
        self.augment = augment
        self.root = root
        self.download = download

    def prepare_data(self) -> None:
        """Fetches what is missing, once a machine rather than once a process."""
        if self.root is not None and self.download:
            mnist.mnist(self.root, download=True)

    def draw(self) -> Splits:
        digits = mnist.mnist20k() if self.root is None else mnist.mnist(self.root)
        return draw_pairs(digits, self.seed, *self.counts, self.parts)

    def train_dataloader(self) -> Batches[Pairs]:
        pairs = self.on_device("train")
        augment = self._distort if self.augment else None
        return Batches(
            pairs, self.batch_size, lambda: epoch_order(len(pairs.target), *self._epoch()), augment, self._rank()
        )

    def val_dataloader(self) -> Batches[Pairs]:
        return Batches(self.on_device("val"), EVAL_BATCH, rank=self._rank())

    def test_dataloader(self) -> Batches[Pairs]:
        return Batches(self.on_device("test"), EVAL_BATCH, rank=self._rank())

    def examples(self, n: int) -> tuple[Tensor, Tensor]:
        """The first training images `(n, 14, 14)` as they were drawn, and as they are distorted in this epoch."""
        assert self.splits is not None
        some = Pairs(*(part[: -(-n // 2)] for part in self.splits.train))
        before, after = (pairs.images.flatten(0, 1)[:n] for pairs in (some, self._distort(some)))
        return before, after

    def _distort(self, pairs: Pairs) -> Pairs:
        assert self.augment is not None
        images = self.augment(pairs.images.view(-1, 1, 14, 14), stream(*self._epoch(), 1))
        return pairs._replace(images=images.view_as(pairs.images))

    def _epoch(self) -> tuple[int, int]:
        """What an epoch's order and distortions are drawn from; with `overfit_batches`, the same in every epoch."""
        trainer: Any = self.trainer
        return self.seed, 0 if trainer.overfit_batches else trainer.current_epoch

    def _rank(self) -> Rank:
        assert self.trainer is not None
        return Rank(self.trainer.global_rank, self.trainer.world_size)
