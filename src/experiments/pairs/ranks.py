"""A pairs network in several processes, each with its part of every batch, trained as one process would train it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.distributed
from pytorch_lightning import Trainer
from torch import Tensor, nn

from src.lab.data import Batches

from .data import Pairs
from .networks import Prediction
from .together import Rows, put_together

Seen = tuple[Tensor, Prediction, Pairs]  # of a step: its loss, what was predicted, and of what


class Ranks:
    """What keeps the processes together: masks, statistics, gradients and metrics are those of whole batches."""

    def __init__(self, network: nn.Module, trainer: Trainer) -> None:
        self.trainer = trainer
        self.rows = Rows()
        put_together(network, self.rows)

    def begin(self, batch_idx: int) -> None:
        """Before a step of training. In the first of an epoch, all generators become what the first process's is."""
        self.rows.part = self._batches("train").part(batch_idx)
        if batch_idx == 0:
            device = self.trainer.strategy.root_device
            random: Any = torch.cuda if device.type == "cuda" else torch.random
            random.set_rng_state(self.trainer.strategy.broadcast(random.get_rng_state()))

    def weighted(self, loss: Tensor, batch_idx: int) -> Tensor:
        """The loss, a mean over this process's part, of which DDP's gradient is that of the mean over the batch."""
        return loss * self._batches("train").weight(batch_idx)

    def gathered(self, split: str, seen: Sequence[Seen]) -> list[Seen]:
        """What all processes have seen in the steps of an epoch, in the order of the data. Of training, no images."""
        batches = self._batches(split)
        mine = [_cut(each, batches.part(i).size, images=split != "train") for i, each in enumerate(seen)]
        everyone: list[Any] = [None] * self.trainer.world_size
        torch.distributed.all_gather_object(everyone, mine)
        device = self.trainer.strategy.root_device
        return [_to(part, device) for step in zip(*everyone, strict=True) for part in step]

    def _batches(self, split: str) -> Batches[Pairs]:
        loaders = {"train": self.trainer.train_dataloader, "val": self.trainer.val_dataloaders}
        batches = loaders.get(split, self.trainer.test_dataloaders)
        assert isinstance(batches, Batches)
        return batches


def _cut(seen: Seen, size: int, images: bool) -> Seen:
    """The first items, as tensors of their own on the CPU: a slice would be sent with all that it is a slice of, and
    from a GPU to itself.
    """
    loss, prediction, pairs = seen
    pairs = pairs if images else pairs._replace(images=pairs.images[:0])
    return loss.cpu(), *_each(lambda part: part[:size].clone().cpu(), prediction, pairs)


def _to(seen: Seen, device: torch.device) -> Seen:
    loss, prediction, pairs = seen
    return loss.to(device), *_each(lambda part: part.to(device), prediction, pairs)


def _each(change: Callable[[Tensor], Tensor], prediction: Prediction, pairs: Pairs) -> tuple[Prediction, Pairs]:
    return Prediction(*(part if part is None else change(part) for part in prediction)), Pairs(*map(change, pairs))
