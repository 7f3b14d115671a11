"""Two networks against each other, as Lightning's own GAN example has them: manual optimisation, two optimizers."""

import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset


def dense(inputs, hidden, outputs):
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, outputs),
    )


class GAN(LightningModule):
    def __init__(self, latent_dim=4, hidden=32, lr=0.002, b1=0.5, b2=0.999):
        super().__init__()
        self.save_hyperparameters()
        self.automatic_optimization = False
        self.generator = dense(latent_dim, hidden, 2)
        self.discriminator = dense(2, hidden, 1)
        self.validation_z = torch.randn(256, latent_dim)
        self.example_input_array = torch.zeros(2, latent_dim)

    def forward(self, z):
        return self.generator(z)

    def adversarial_loss(self, points, real):
        logits = self.discriminator(points)
        return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, real))

    def training_step(self, batch, batch_idx):
        (points,) = batch
        opt_g, opt_d = self.optimizers()
        z = torch.randn(len(points), self.hparams.latent_dim, device=self.device)

        self.toggle_optimizer(opt_g)
        g_loss = self.adversarial_loss(self(z), 1.0)
        opt_g.zero_grad()
        self.manual_backward(g_loss)
        opt_g.step()
        self.untoggle_optimizer(opt_g)

        self.toggle_optimizer(opt_d)
        fake = self(z).detach()
        d_loss = (self.adversarial_loss(points, 1.0) + self.adversarial_loss(fake, 0.0)) / 2
        opt_d.zero_grad()
        self.manual_backward(d_loss)
        opt_d.step()
        self.untoggle_optimizer(opt_d)

        self.log_dict({"g_loss": g_loss, "d_loss": d_loss}, prog_bar=True)

    def distance(self, points):
        """The energy distance between the points and what the generator makes of the same noise every time."""
        made = self(self.validation_z.to(points))
        return (
            2 * torch.cdist(points, made).mean() - torch.cdist(made, made).mean() - torch.cdist(points, points).mean()
        )

    def validation_step(self, batch, batch_idx):
        self.log("val_distance", self.distance(batch[0]), prog_bar=True)

    def test_step(self, batch, batch_idx):
        self.log("test_distance", self.distance(batch[0]))
        self.log("test_spread", self(self.validation_z.to(self.device)).std(0).mean())

    def on_train_epoch_end(self):
        made = self(self.validation_z.to(self.device))
        for logger in self.loggers:
            logger.experiment.add_histogram("generated_points", made, self.current_epoch)

    def configure_optimizers(self):
        lr, betas = self.hparams.lr, (self.hparams.b1, self.hparams.b2)
        opt_g = torch.optim.Adam(self.generator.parameters(), lr=lr, betas=betas)
        opt_d = torch.optim.Adam(self.discriminator.parameters(), lr=lr, betas=betas)
        return [opt_g, opt_d], []


class Ring(LightningDataModule):
    """Points near the unit circle, drawn from torch's own generator."""

    def __init__(self, batch_size=50, sizes=(500, 200, 200)):
        super().__init__()
        self.save_hyperparameters()

    def setup(self, stage=None):
        self.sets = []
        for size in self.hparams.sizes:
            angle = 2 * torch.pi * torch.rand(size)
            noise = 0.05 * torch.randn(size, 2)
            self.sets.append(TensorDataset(torch.stack([angle.cos(), angle.sin()], 1) + noise))

    def train_dataloader(self):
        return DataLoader(self.sets[0], self.hparams.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.sets[1], self.hparams.batch_size)

    def test_dataloader(self):
        return DataLoader(self.sets[2], self.hparams.batch_size)
