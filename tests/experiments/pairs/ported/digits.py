"""Same structure as a usual template's digit classifier: torchmetrics objects, hparams, DataLoaders."""

import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
from torchmetrics import Accuracy, MaxMetric, MeanMetric

from src.experiments.pairs.mnist import mnist20k


class Dense(nn.Module):
    def __init__(self, hidden: int = 32):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(hidden, 10),
        )

    def forward(self, x):
        return self.layers(x)


class DigitClassifier(LightningModule):
    def __init__(self, net, optimizer, scheduler=None):
        super().__init__()
        self.save_hyperparameters(logger=False, ignore=["net"])
        self.net = net
        self.objective = nn.CrossEntropyLoss()
        for split in "train", "val", "test":
            setattr(self, f"{split}_acc", Accuracy(task="multiclass", num_classes=10))
            setattr(self, f"{split}_loss", MeanMetric())
        self.best = MaxMetric()

    def forward(self, x):
        return self.net(x)

    def _measure(self, split, batch):
        x, y = batch
        logits = self(x)
        loss = self.objective(logits, y)
        mean, acc = getattr(self, f"{split}_loss"), getattr(self, f"{split}_acc")
        mean(loss)
        acc(logits.argmax(1), y)
        self.log(f"{split}/loss", mean, on_step=False, on_epoch=True, prog_bar=True)
        self.log(f"{split}/acc", acc, on_step=False, on_epoch=True, prog_bar=True)
        return loss

    def training_step(self, batch, batch_idx):
        return self._measure("train", batch)

    def validation_step(self, batch, batch_idx):
        self._measure("val", batch)

    def on_validation_epoch_end(self):
        self.best(self.val_acc.compute())
        self.log("val/acc_best", self.best.compute(), prog_bar=True)

    def test_step(self, batch, batch_idx):
        self._measure("test", batch)

    def configure_optimizers(self):
        optimizer = self.hparams.optimizer(params=self.trainer.model.parameters())
        if self.hparams.scheduler is None:
            return {"optimizer": optimizer}
        scheduler = self.hparams.scheduler(optimizer=optimizer)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "monitor": "val/loss"}}


class Digits(LightningDataModule):
    def __init__(self, lengths=(1000, 500, 1000), batch_size=50, num_workers=0, pin_memory=False):
        super().__init__()
        self.save_hyperparameters(logger=False)
        self.parts = None

    def setup(self, stage=None):
        if self.parts is None:
            images, classes = mnist20k().train
            everything = TensorDataset((images[:, None].float() / 255 - 0.1307) / 0.3081, classes)
            rest = len(everything) - sum(self.hparams.lengths)
            generator = torch.Generator().manual_seed(42)
            self.parts = random_split(everything, [*self.hparams.lengths, rest], generator=generator)

    def _loader(self, part, shuffle=False):
        return DataLoader(
            self.parts[part],
            batch_size=self.hparams.batch_size,
            num_workers=self.hparams.num_workers,
            pin_memory=self.hparams.pin_memory,
            shuffle=shuffle,
        )

    def train_dataloader(self):
        return self._loader(0, shuffle=True)

    def val_dataloader(self):
        return self._loader(1)

    def test_dataloader(self):
        return self._loader(2)
