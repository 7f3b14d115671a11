"""Runs of the toy experiment, and what TensorBoard reads of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import LightningModule
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar import layout_pb2
from torch import Tensor

from src.lab import train
from src.lab.config import compose
from src.lab.records.results import Result
from tests.lab.toy import TOY
from tests.lab.toy.data import Points
from tests.lab.toy.module import Toy

AS = f"model._target_={__name__}."  # one of the modules below, with the toy's own arguments


class Underscored(Toy):
    """Logs `train_loss`, `val_loss` and, of the validation alone, `val_acc`; has no test."""

    test_step = LightningModule.test_step

    def measure(self, split: str, batch: Points) -> Tensor:
        logits = self.net(batch.x)
        loss = torch.nn.functional.cross_entropy(logits, batch.y)
        self.log(f"{split}_loss", loss, on_step=split == "train", on_epoch=True, batch_size=len(batch.y))
        if split == "val":
            self.log("val_acc", (logits.argmax(1) == batch.y).float().mean(), batch_size=len(batch.y))
        return loss


class Nested(Toy):
    """Takes a section of its own, which changes nothing."""

    def __init__(self, *args: Any, net: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class Rivals(Toy):
    """Two optimizers, one of the first layer and one of the last, each with a rate of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.automatic_optimization = False

    def training_step(self, batch: Points, batch_idx: int) -> Tensor:
        loss = self.measure("train", batch)
        optimizers: Any = self.optimizers()
        for optimizer in optimizers:
            optimizer.zero_grad()
        self.manual_backward(loss)
        for optimizer in optimizers:
            optimizer.step()
        return loss

    def configure_optimizers(self) -> Any:
        first, last = self.make_optimizer(self.net[0].parameters()), self.make_optimizer(self.net[-1].parameters())
        last.param_groups[0]["lr"] /= 4
        return [first, last]


def run(folder: Path, *overrides: str, toy: list[str] = TOY) -> Result:
    """A run of the toy, without figures unless `overrides` say otherwise."""
    cfg = compose(*toy, *overrides)
    cfg.job.folder = str(folder)
    return train.run(cfg)


def board(folder: Path) -> EventAccumulator:
    """Everything that TensorBoard finds in the folder."""
    return EventAccumulator(str(folder), size_guidance={"images": 0, "tensors": 0, "scalars": 0}).Reload()


def charts(found: EventAccumulator) -> dict[str, list[str]]:
    """The titles of the charts in the custom scalars tab, by category."""
    return {category.title: [chart.title for chart in category.chart] for category in layout(found).category}


def layout(found: EventAccumulator) -> layout_pb2.Layout:
    """Of the custom scalars tab."""
    (event,) = found.Tensors("custom_scalars__config__")
    return layout_pb2.Layout.FromString(event.tensor_proto.string_val[0])


def points(found: EventAccumulator, tag: str) -> list[tuple[int, float]]:
    """Of a scalar: where on the axis, and its value there."""
    return [(event.step, event.value) for event in found.Scalars(tag)]
