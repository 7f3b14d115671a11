"""A variational autoencoder, as Lightning Bolts has its basic one: names without a slash, and no test at all."""

import numpy as np
import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset, random_split


class VAE(LightningModule):
    def __init__(self, input_dim=8, enc_out_dim=32, latent_dim=2, kl_coeff=0.1, lr=1e-2, **kwargs):
        super().__init__()
        self.save_hyperparameters()
        self.lr = lr
        self.kl_coeff = kl_coeff
        self.encoder = nn.Sequential(nn.Linear(input_dim, enc_out_dim), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(latent_dim, enc_out_dim), nn.ReLU(), nn.Linear(enc_out_dim, input_dim))
        self.fc_mu = nn.Linear(enc_out_dim, latent_dim)
        self.fc_var = nn.Linear(enc_out_dim, latent_dim)

    def forward(self, x):
        return self._run_step(x)[0]

    def _run_step(self, x):
        h = self.encoder(x)
        mu, log_var = self.fc_mu(h), self.fc_var(h)
        std = torch.exp(log_var / 2)
        p = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(std))
        q = torch.distributions.Normal(mu, std)
        return self.decoder(q.rsample()), p, q

    def step(self, batch):
        (x,) = batch
        x_hat, p, q = self._run_step(x)
        recon_loss = functional.mse_loss(x_hat, x)
        kl = self.kl_coeff * torch.distributions.kl_divergence(q, p).mean()
        loss = recon_loss + kl
        return loss, {"recon_loss": recon_loss, "kl": kl, "loss": loss}

    def training_step(self, batch, batch_idx):
        loss, logs = self.step(batch)
        self.log_dict({f"train_{k}": v for k, v in logs.items()}, on_step=True, on_epoch=True, prog_bar=True)
        return loss

    def validation_step(self, batch, batch_idx):
        loss, logs = self.step(batch)
        self.log_dict({f"val_{k}": v for k, v in logs.items()}, on_step=True, on_epoch=True)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


class Curve(LightningDataModule):
    """Points of a curve in eight dimensions, each distorted a little, by numpy's own global generator."""

    def __init__(self, n=600, val_split=0.25, batch_size=50):
        super().__init__()
        self.n, self.val_split, self.batch_size = n, val_split, batch_size

    def setup(self, stage=None):
        t = np.random.uniform(-np.pi, np.pi, (self.n, 1))
        x = np.sin(t * np.arange(1, 9) / 2) + np.random.normal(0, 0.05, (self.n, 8))
        self.train, self.val = random_split(
            TensorDataset(torch.from_numpy(x).float()), [1 - self.val_split, self.val_split]
        )

    def train_dataloader(self):
        return DataLoader(self.train, self.batch_size, shuffle=True, drop_last=True)

    def val_dataloader(self):
        return DataLoader(self.val, self.batch_size)
