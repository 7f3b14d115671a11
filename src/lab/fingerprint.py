"""What a run was tested on, in few digits: whether two runs can be compared item by item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer
from torch import Tensor

ITEMS = 10_000  # of each part of the data, from the first one on; of the others only the number counts
VALUES = 64  # of each item, spread over it


class Fingerprint(Callback):
    """Hashes the test batches on their way, each part of them (inputs, targets) by itself and item by item, so that
    neither the size of the batches nor the encoding of another part changes it.

    Attributes:
        digits: 12 hexadecimal digits for each part, joined by spaces; None where nothing was tested, or there are no
            tensors in the batches, or several processes share them.
    """

    def __init__(self) -> None:
        self.digits: str | None = None
        self.parts: dict[str, _Part] = {}

    def on_test_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.parts = {}

    def on_test_batch_start(
        self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        with suppress(Exception):  # tensors of a kind of their own are no reason for a run to fail
            for path, tensor in _tensors(batch):
                self.parts.setdefault(path, _Part()).add(tensor)

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        parts = [part for part in self.parts.values() if part.items]
        telling = [part for part in parts if not part.constant] or parts
        found = dict.fromkeys(part.digits() for part in telling)
        self.digits = " ".join(found) if found and trainer.world_size == 1 else None


class _Part:
    """The items of one part of the batches, one after the other."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.items = 0
        self.first: Tensor | None = None
        self.constant = True  # such a part (a mask, say) is the same in other data too

    def add(self, tensor: Tensor) -> None:
        n = len(tensor) if tensor.dim() else 1
        left = max(0, ITEMS - self.items)
        if left:
            values = tensor.detach().reshape(n, -1)[:left]
            values = values[:, :: max(1, values.shape[1] // VALUES) | 1]
            values = (values.float() if values.is_floating_point() else values).cpu().contiguous()
            self.hash.update(values.view(torch.uint8).numpy().tobytes())
            self.first = values[:1] if self.first is None else self.first
            same_shape = self.first.shape[1:] == values.shape[1:]
            self.constant = self.constant and same_shape and bool((values == self.first).all())
        self.items += n

    def digits(self) -> str:
        counted = self.hash.copy()
        counted.update(str(self.items).encode())
        return counted.hexdigest()[:12]


def _tensors(node: Any, path: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor of numbers in the batch, however it is nested, by where it is."""
    if isinstance(node, Tensor):
        if node.numel():
            yield path, node
    elif isinstance(node, Mapping):
        for key, each in node.items():
            yield from _tensors(each, f"{path}/{key}")
    elif isinstance(node, list | tuple):
        for i, each in enumerate(node):
            yield from _tensors(each, f"{path}/{i}")
    elif is_dataclass(node):
        for field in fields(node):
            yield from _tensors(getattr(node, field.name), f"{path}/{field.name}")
