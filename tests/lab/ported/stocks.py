"""Regression on a table, as public LightningModules do it: the module makes its own network and optimizer."""

import matplotlib
import numpy as np
import polars as pl
import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics import MeanSquaredError, MetricCollection, R2Score


class Regressor(LightningModule):
    def __init__(self, hidden=32, lr=1e-2, weight_decay=0.0):
        super().__init__()
        self.save_hyperparameters()
        self.model = nn.Sequential(nn.Linear(5, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        metrics = {"mse": MeanSquaredError(), "rmse": MeanSquaredError(squared=False), "r2": R2Score()}
        self.train_metrics = MetricCollection(metrics, prefix="train/")
        self.val_metrics = self.train_metrics.clone(prefix="val/")
        self.test_metrics = self.train_metrics.clone(prefix="test/")

    def forward(self, x):
        return self.model(x).squeeze(1)

    def _step(self, batch, metrics, split):
        x, y = batch
        guess = self(x)
        loss = nn.functional.mse_loss(guess, y)
        metrics.update(guess, y)
        self.log(f"{split}/loss", loss, on_step=False, on_epoch=True)
        self.log_dict(metrics, on_step=False, on_epoch=True)
        return loss

    def training_step(self, batch, batch_idx):
        return self._step(batch, self.train_metrics, "train")

    def validation_step(self, batch, batch_idx):
        self._step(batch, self.val_metrics, "val")

    def test_step(self, batch, batch_idx):
        self._step(batch, self.test_metrics, "test")

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.lr, weight_decay=self.hparams.weight_decay)


class Stocks(LightningDataModule):
    """Monthly closing prices (matplotlib's sample data): MSFT from five others."""

    def __init__(self, batch_size=32):
        super().__init__()
        self.batch_size = batch_size

    def setup(self, stage=None):
        path = matplotlib.get_data_path() + "/sample_data/Stocks.csv"
        table = pl.read_csv(path, comment_prefix="#", infer_schema_length=None).drop_nulls(
            ["MSFT", "IBM", "XRX", "ADBE", "^GSPC", "^IXIC"]
        )
        x = table.select("IBM", "XRX", "ADBE", "^GSPC", "^IXIC").to_numpy().astype(np.float32)
        y = table["MSFT"].to_numpy().astype(np.float32)
        x = (x - x.mean(0)) / x.std(0)
        fold = np.random.default_rng(0).permutation(len(y)) % 5
        of = lambda keep: TensorDataset(torch.from_numpy(x[keep]), torch.from_numpy(y[keep]))  # noqa: E731
        self.train, self.val, self.test = of(fold > 1), of(fold == 0), of(fold == 1)

    def train_dataloader(self):
        return DataLoader(self.train, self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val, self.batch_size)

    def test_dataloader(self):
        return DataLoader(self.test, self.batch_size)
