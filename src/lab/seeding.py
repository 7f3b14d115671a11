"""All that is drawn from torch's, numpy's and Python's generators comes from a run's seed and the epoch."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch
from pytorch_lightning import Callback, Trainer
from torch import Tensor

from . import private

LOADER, ITERATOR, TEST, SETUP = range(2**32, 2**32 + 4)  # streams of a seed beside those of its epochs


def epoch_order(n: int, seed: int, epoch: int) -> Tensor:
    """The order in which an epoch goes through n items: a function of its arguments alone, so that a resumed run needs
    no stored generator. The same on every device, since it is drawn on the CPU.
    """
    generator = torch.Generator().manual_seed(stream(seed, epoch))
    return torch.randperm(n, generator=generator)


def stream(seed: int, *keys: int) -> int:
    """A seed of 63 bits for one of many independent random streams, after splitmix64 (Steele et al., 2014)."""
    state = seed
    for key in keys:
        state = (state + 0x9E3779B97F4A7C15 * (key + 1)) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return state >> 1


def seed_generators(seed: int) -> None:
    """Seeds torch's generators on all devices, numpy's and Python's."""
    # where there is only a CPU, torch.manual_seed takes 80 times as long to leave word for a GPU
    (torch.manual_seed if torch.accelerator.is_available() else torch.default_generator.manual_seed)(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)


def seed_setup(seed: int) -> None:
    """Before whatever sets up the data: what is drawn there, a split perhaps, is the same in training and in a test."""
    seed_generators(stream(seed, SETUP))


class Seeding(Callback):
    """Seeds the generators at the start of each epoch. A resumed run therefore needs none of their states, and a user's
    own code that draws from them goes on as if the run had never been stopped.

    What an epoch draws comes in two streams, since Lightning makes the first epoch's iterator earlier than the others':
    one for the iterator of the training data, one from the first batch on. Worker processes of a loader get their seeds
    from its iterator, so they start anew with each epoch.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.first = 0

    def on_fit_start(self, trainer: Trainer, pl_module: Any) -> None:
        self._seed_loader(trainer, "train_dataloader", lambda: stream(self.seed, ITERATOR, trainer.current_epoch))

    def setup(self, trainer: Trainer, pl_module: Any, stage: str) -> None:
        if stage == "test":
            self._seed_loader(trainer, "test_dataloader", lambda: stream(self.seed, ITERATOR, TEST))

    def _seed_loader(self, trainer: Trainer, name: str, iterator: Callable[[], int]) -> None:
        """Seeds the generators before a loader is made and, for its iterator, after that."""
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        if data is None:
            return
        make = getattr(data, name)

        @wraps(make)
        def made() -> Any:
            seed_generators(stream(self.seed, LOADER))  # a split that is drawn here is the same after a resume
            loader = make()
            seed_generators(iterator())
            return loader

        setattr(data, name, made)

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.first = trainer.current_epoch

    def on_train_epoch_start(self, trainer: Trainer, pl_module: Any) -> None:
        if trainer.current_epoch != self.first:
            private.end_workers(trainer.train_dataloader)
            seed_generators(stream(self.seed, ITERATOR, trainer.current_epoch))

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        if batch_idx == 0:
            seed_generators(stream(self.seed, trainer.current_epoch, trainer.global_rank))

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        private.end_workers(trainer.val_dataloaders)

    def on_test_start(self, trainer: Trainer, pl_module: Any) -> None:
        seed_generators(stream(self.seed, TEST, trainer.global_rank))
