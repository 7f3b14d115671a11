"""The same training under Lightning as its documentation shows it: DataLoaders, `self.log`, its own logger and
checkpoints.

python -m src.experiments.pairs.bench.template digits.npz seed epochs folder      trains it once
"""

from __future__ import annotations

import sys

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from .plain import Net, draw, loss_of

Batch = list[Tensor]


class LitNet(pl.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.net = Net()

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        images, classes, target = batch
        output = self.net(images)
        loss = loss_of(output, classes, target)
        self.log("train_loss", loss, prog_bar=True)
        self.log("train_error", (output[0].argmax(1) != target).float().mean(), on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        images, classes, target = batch
        output = self.net(images)
        self.log("val_loss", loss_of(output, classes, target), prog_bar=True)
        self.log("val_error", (output[0].argmax(1) != target).float().mean(), prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adadelta(self.parameters(), lr=1.0)


def train(path: str, seed: int, epochs: int, folder: str) -> None:
    pl.seed_everything(seed)
    train_set, val_set = draw(path, seed)
    trainer = pl.Trainer(max_epochs=epochs, accelerator="cpu", default_root_dir=folder)
    trainer.fit(
        LitNet(),
        DataLoader(train_set, batch_size=100, shuffle=True),
        DataLoader(val_set, batch_size=100),
    )


if __name__ == "__main__":
    train(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
