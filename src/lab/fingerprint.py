"""What a run was tested on, in few digits: whether two runs can be compared item by item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer
from torch import Tensor

from .data import Batches

ITEMS = 4_000  # of each part of the data, from the first one on; of the others only the number counts
VALUES = 64  # of each item, spread over it
KINDS = 256  # of which items can be, that they are told by rather than by their values


class Fingerprint(Callback):
    """Hashes the test batches on their way, each part of them (inputs, targets) by itself, by what neither the size of
    the batches changes nor how the same data are encoded: of targets which of them are equal, of other values between
    which items they rise. Two runs were tested on the same data where they have a part in common.

    Attributes:
        digits: 12 hexadecimal digits for each part, joined by spaces; None where nothing was tested, or there are no
            tensors in the batches, or several processes share them, unless as `Batches`, of which each knows the whole.
    """

    def __init__(self) -> None:
        self.digits: str | None = None
        self.parts: dict[str, dict[int, _Part]] = {}  # by where it is in a batch, and by loader

    def on_test_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.parts = {}
        if trainer.world_size > 1 and isinstance(trainer.test_dataloaders, Batches):
            for batch in islice(trainer.test_dataloaders.alone(), int(trainer.num_test_batches[0])):
                self._add(batch)

    def on_test_batch_start(
        self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        if trainer.world_size == 1:
            self._add(batch, dataloader_idx)

    def _add(self, batch: Any, dataloader_idx: int = 0) -> None:
        for path, tensor in _tensors(batch):
            part = self.parts.setdefault(path, {}).setdefault(dataloader_idx, _Part())
            try:
                part.add(tensor)
            except Exception:  # of items that differ in shape, or a tensor of a kind of its own: no reason to fail
                part.whole = False

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        parts = [[*each.values()] for each in self.parts.values() if all(part.whole for part in each.values())]
        telling = [each for each in parts if not all(part.constant for part in each)] or parts
        found = dict.fromkeys(_twelve(b"".join(part.digest() for part in each)) for each in telling)
        self.digits = " ".join(found) if found else None


def tested_on(trainer: Trainer) -> str | None:
    """What the trainer's Fingerprint says."""
    return next((each.digits for each in trainer.callbacks if isinstance(each, Fingerprint)), None)  # type: ignore[attr-defined]


class _Part:
    """The items of one part of the batches, one after the other."""

    def __init__(self) -> None:
        self.whole = True
        self.constant = True  # such a part (a mask, say) is the same in other data too
        self.items, self.rises, self.last, self.only = 0, hashlib.sha256(), torch.empty(0), b""
        self.rows, self.order = 0, hashlib.sha256()
        self.kinds: dict[bytes, int] = {}  # of rows, by the order in which they came

    def add(self, tensor: Tensor) -> None:
        tensor = torch.view_as_real(tensor) if tensor.is_complex() else tensor.detach()
        tensor = tensor if tensor.dim() else tensor.view(1)
        if self.rows < ITEMS and len(self.kinds) <= KINDS:
            self._add_kinds(tensor.reshape(-1, tensor.shape[-1] if tensor.dim() > 1 else 1)[: ITEMS - self.rows])
        if self.items < ITEMS:
            self._add_values(tensor.reshape(len(tensor), -1)[: ITEMS - self.items])
        self.items += len(tensor)
        self.rows += tensor.numel() // (tensor.shape[-1] if tensor.dim() > 1 else 1)

    def digest(self) -> bytes:
        few = len(self.kinds) <= KINDS and 2 * len(self.kinds) <= min(self.rows, ITEMS)
        found, n = (self.order, self.rows) if few else (self.rises, self.items)
        said = found.digest() if self.items > 1 else self.only  # a single item, by its own values
        return said + str(n).encode()

    def _add_kinds(self, rows: Tensor) -> None:
        size, data = rows.shape[1] * rows.element_size(), _bytes(rows)
        for start in range(0, len(data), size):
            kind = self.kinds.setdefault(data[start : start + size], len(self.kinds))
            if kind > KINDS:
                break
            self.order.update(kind.to_bytes(2, "big"))

    def _add_values(self, values: Tensor) -> None:
        values = values[:, :: max(1, values.shape[1] // VALUES) | 1].cpu()
        if not self.items:
            self.last = values[:1]
            self.only = _bytes(values[:1].float())
        values = torch.cat([self.last, values])
        self.rises.update(_bytes(values[1:] > values[:-1]))
        self.constant = self.constant and bool((values[1:] == values[:-1]).all())
        self.last = values[-1:]


def _twelve(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def _bytes(tensor: Tensor) -> bytes:
    return tensor.cpu().contiguous().view(torch.uint8).numpy().tobytes()


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
