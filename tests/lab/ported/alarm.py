"""Rare events as lightning-hydra-template writes it: networks, optimizers and watched schedules come from outside."""

import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics import MaxMetric, MeanMetric
from torchmetrics.classification import BinaryF1Score


class SimpleDenseNet(nn.Module):
    def __init__(self, input_size=6, width=16, rate=0.1):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(input_size, width), nn.ReLU(), nn.Dropout(rate), nn.Linear(width, 1))
        nn.init.constant_(self.model[-1].bias, -3.0)  # most are no alarm

    def forward(self, x):
        return self.model(x).squeeze(1)


class AlarmLitModule(LightningModule):
    def __init__(self, net, optimizer, scheduler, compile=False):
        super().__init__()
        self.save_hyperparameters(logger=False)
        self.net = net
        self.criterion = nn.BCEWithLogitsLoss()
        self.train_f1, self.val_f1 = BinaryF1Score(), BinaryF1Score()
        self.test_f1 = nn.ModuleList([BinaryF1Score(), BinaryF1Score()])
        self.train_loss, self.val_loss = MeanMetric(), MeanMetric()
        self.val_f1_best = MaxMetric()
        self.rung = []

    def forward(self, x):
        return self.net(x)

    def on_train_start(self):
        self.val_loss.reset()
        self.val_f1.reset()
        self.val_f1_best.reset()

    def model_step(self, batch):
        x, y = batch
        logits = self.forward(x)
        return self.criterion(logits, y.float()), (logits > 0).long(), y

    def training_step(self, batch, batch_idx):
        loss, preds, targets = self.model_step(batch)
        self.train_loss(loss)
        self.train_f1(preds, targets)
        self.log("train/loss", self.train_loss, on_step=False, on_epoch=True, prog_bar=True)
        self.log("train/f1", self.train_f1, on_step=False, on_epoch=True, prog_bar=True)
        return loss

    def validation_step(self, batch, batch_idx):
        loss, preds, targets = self.model_step(batch)
        self.val_loss(loss)
        self.val_f1(preds, targets)
        self.rung.append(targets[preds == 1].float())
        self.log("val/loss", self.val_loss, on_step=False, on_epoch=True, prog_bar=True)
        self.log("val/f1", self.val_f1, on_step=False, on_epoch=True, prog_bar=True)

    def on_validation_epoch_end(self):
        self.val_f1_best(self.val_f1.compute())
        self.log("val/f1_best", self.val_f1_best.compute(), sync_dist=True, prog_bar=True)
        self.log("val/precision", torch.cat(self.rung).mean())  # NaN while there has been no alarm
        self.rung.clear()

    def test_step(self, batch, batch_idx, dataloader_idx=0):
        loss, preds, targets = self.model_step(batch)
        self.test_f1[dataloader_idx](preds, targets)
        self.log("test/loss", loss, on_step=False, on_epoch=True)
        self.log("test/f1", self.test_f1[dataloader_idx], on_step=False, on_epoch=True)

    def configure_optimizers(self):
        optimizer = self.hparams.optimizer(params=self.trainer.model.parameters())
        scheduler = self.hparams.scheduler(optimizer=optimizer)
        watched = {"scheduler": scheduler, "monitor": "val/loss", "interval": "epoch", "frequency": 1}
        return {"optimizer": optimizer, "lr_scheduler": watched}


class Alarms(LightningDataModule):
    """Readings of six sensors, one in seven an alarm; two test sets, the second from noisier sensors."""

    def __init__(self, batch_size=50, num_workers=0):
        super().__init__()
        self.save_hyperparameters(logger=False)

    def setup(self, stage=None):
        generator = torch.Generator().manual_seed(1)
        self.sets = []
        for n, noise in (600, 0.3), (200, 0.3), (200, 0.3), (200, 1.5):
            x = torch.randn(n, 6, generator=generator)
            score = x[:, 0] * x[:, 1] + x[:, 2] + noise * torch.randn(n, generator=generator)
            self.sets.append(TensorDataset(x, (score > 1.5).long()))

    def _loader(self, data, shuffle=False):
        return DataLoader(data, self.hparams.batch_size, shuffle=shuffle, num_workers=self.hparams.num_workers)

    def train_dataloader(self):
        return self._loader(self.sets[0], shuffle=True)

    def val_dataloader(self):
        return self._loader(self.sets[1])

    def test_dataloader(self):
        return [self._loader(self.sets[2]), self._loader(self.sets[3])]
