"""A module that imports Lightning by its other name."""

from lightning.pytorch import LightningModule


class Foreign(LightningModule):
    pass
