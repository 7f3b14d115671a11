"""LightningModules that tell the points apart: one network, and several that are trained at once."""

from collections.abc import Callable
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.nn import functional

from src.lab.dashboard.views import Drawing, Views
from src.lab.module import Extras

from .data import Points


class Toy(LightningModule):
    """Logs `loss` and `miss`, how many in a hundred points are told wrongly."""

    def __init__(
        self,
        optimizer: Callable[..., torch.optim.Optimizer],
        schedule: Callable[..., Any] | None = None,
        hidden: int = 8,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Dropout(dropout), nn.Linear(hidden, 2))
        self.make_optimizer, self.make_schedule = optimizer, schedule

    def training_step(self, batch: Points, batch_idx: int) -> Tensor:
        return self.measure("train", batch)

    def validation_step(self, batch: Points, batch_idx: int) -> None:
        self.measure("val", batch)

    def test_step(self, batch: Points, batch_idx: int) -> None:
        self.measure("test", batch)

    def measure(self, split: str, batch: Points) -> Tensor:
        logits = self.net(batch.x)
        loss = functional.cross_entropy(logits, batch.y)
        miss = 100 * (logits.argmax(1) != batch.y).float().mean()
        figures = {f"{split}/loss": loss, f"{split}/miss": miss}
        self.log_dict(figures, on_step=False, on_epoch=True, batch_size=len(batch.y))
        return loss

    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer(self.parameters())
        if self.make_schedule is None:
            return optimizer
        return {"optimizer": optimizer, "lr_scheduler": self.make_schedule(optimizer)}


class ToyViews(Views):
    """One figure."""

    def figures(self, final: bool) -> dict[str, Drawing]:
        weights = self.module.net[0].weight.detach().clone()

        def draw() -> Any:
            from src.lab.dashboard.style import sheet

            figure = sheet(3, 3)
            figure.add_subplot().scatter(*weights.T.numpy())
            return figure

        return {"first weights": draw}


class BrokenViews(ToyViews):
    """One figure, and one that can't be drawn; nor is there a layout, a graph or an embedding."""

    def figures(self, final: bool) -> dict[str, Drawing]:
        def broken() -> Any:
            raise RuntimeError("no ink\nleft")

        return {"broken": broken} | super().figures(final)

    def layout(self) -> Any:
        raise KeyError("charts")

    layers = embedding = layout


class ToyMany(Extras, LightningModule):
    """So many linear networks, each drawn by a seed of its own and trained on all points; logs their mean."""

    def __init__(self, optimizer: Callable[..., torch.optim.Optimizer], seed: int, runs: int) -> None:
        super().__init__()
        drawn = [torch.randn(3, 2, generator=torch.Generator().manual_seed(seed + r)) for r in range(runs)]
        self.weights = nn.Parameter(torch.stack(drawn))
        self.make_optimizer, self.measured = optimizer, dict[str, Tensor]()

    def training_step(self, batch: Points, batch_idx: int) -> Tensor:
        return self.measure("train", batch).sum()

    def validation_step(self, batch: Points, batch_idx: int) -> None:
        self.measure("val", batch)

    def test_step(self, batch: Points, batch_idx: int) -> None:
        self.measure("test", batch)

    def measure(self, split: str, batch: Points) -> Tensor:
        inputs = torch.cat([batch.x, batch.x.prod(1, keepdim=True)], 1)
        logits = inputs @ self.weights  # (runs, batch, 2)
        targets = batch.y.expand(len(logits), -1)
        loss = functional.cross_entropy(logits.movedim(2, 1), targets, reduction="none").mean(1)
        miss = 100 * (logits.argmax(2) != targets).float().mean(1)
        for name, values in (("loss", loss), ("miss", miss)):
            self.measured[f"{split}/{name}"] = values.detach()
            self.log(f"{split}/{name}", values.mean(), on_step=False, on_epoch=True, batch_size=len(batch.y))
        return loss

    def configure_optimizers(self) -> Any:
        return self.make_optimizer(self.parameters())

    def network_metrics(self) -> list[dict[str, float]]:
        return [{name: float(values[r]) for name, values in self.measured.items()} for r in range(len(self.weights))]

    def stds(self) -> dict[str, float]:
        return {name: float(values.std()) for name, values in self.measured.items() if len(values) > 1}
