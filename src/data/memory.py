"""What both experiments' data have in common: drawn once, in memory, on the device that Lightning chose."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import torch
from pytorch_lightning import LightningDataModule

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
