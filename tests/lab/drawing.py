"""Modules and data of a user's own that draw numbers by themselves, watch, step, or keep something."""

import random
from typing import Any

import numpy as np
import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, random_split
from torchmetrics import MaxMetric

from .toy.data import Points
from .toy.module import Toy


def draw() -> float:
    """A number from all three generators."""
    return float(torch.rand(()) + np.random.rand() + random.random())


class Noisy(Toy):
    """Draws from the generators in each of its steps, and whenever a training begins."""

    def on_train_start(self) -> None:
        draw()

    def training_step(self, batch: Points, batch_idx: int) -> Tensor:
        self.log("train/drawn", draw(), on_step=False, on_epoch=True)
        return super().training_step(Points(batch.x + 0.1 * draw(), batch.y), batch_idx)

    def validation_step(self, batch: Points, batch_idx: int) -> None:
        super().validation_step(Points(batch.x + 0.1 * draw(), batch.y), batch_idx)

    def test_step(self, batch: Points, batch_idx: int) -> None:
        super().test_step(Points(batch.x + 0.1 * draw(), batch.y), batch_idx)


class NoisyPoints(Dataset[Points]):
    """Draws from the generators whenever a point is asked for."""

    def __len__(self) -> int:
        return 40

    def __getitem__(self, index: int) -> Points:
        x = torch.randn(2, generator=torch.Generator().manual_seed(index))
        return Points(x + 0.1 * draw(), (x.prod() > 0).long())


class NoisyData(LightningDataModule):
    """Splits anew in `train_dataloader`; its loaders shuffle, and have processes that outlive an epoch."""

    def __init__(self, seed: int, batch_size: int, items: int) -> None:
        super().__init__()
        self.batch_size = batch_size

    def train_dataloader(self) -> Any:
        train, _ = random_split(NoisyPoints(), [30, 10])
        return self.loader(train, shuffle=True)

    def val_dataloader(self) -> Any:
        return self.loader(NoisyPoints())

    def test_dataloader(self) -> Any:
        return self.loader(NoisyPoints())

    def loader(self, points: Dataset[Points], shuffle: bool = False) -> DataLoader[Points]:
        return DataLoader(points, self.batch_size, shuffle, num_workers=2, persistent_workers=True)


class Watched(Toy):
    """Its schedule watches a metric, and falls when that is no smaller than before."""

    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer(self.parameters())
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, threshold=0.05)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "monitor": "train/loss"}}


class Stepped(Toy):
    """Its schedule makes a step an epoch."""

    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer(self.parameters())
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)]


class Lasting(Toy):
    """Has a metric that lasts over the epochs, and is greatest in the first."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.greatest = MaxMetric()

    def on_train_epoch_end(self) -> None:
        self.greatest(1 / (1 + self.current_epoch))
        self.log("greatest", self.greatest.compute())


MODULES: dict[str, list[str]] = {
    module.__name__: [f"model._target_={__name__}.{module.__name__}"] for module in (Noisy, Watched, Stepped, Lasting)
} | {"Dropout": ["model.dropout=0.5"]}
NOISY = [*MODULES["Noisy"], f"data._target_={__name__}.NoisyData"]
MODULES |= {"NoisyData": NOISY, "made anew each epoch": [*NOISY, "+trainer.reload_dataloaders_every_n_epochs=1"]}
