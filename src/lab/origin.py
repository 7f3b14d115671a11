"""Where a run comes from: its code, its environment and what it is trained on, written down as it begins."""

from __future__ import annotations

from typing import Any

import torch
from omegaconf import DictConfig
from pytorch_lightning import Callback, LightningModule, Trainer

from .records import origin
from .records.environment import cpu, environment
from .records.folder import RunFolder
from .records.source import of


class Origin(Callback):
    """Writes `environment.json` and `source.patch` into the folder of the run, before its first epoch."""

    def __init__(self, folder: RunFolder, cfg: DictConfig) -> None:
        self.folder = folder
        self.cfg = cfg

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.is_global_zero:
            source = of(self.cfg)
            made: dict[str, Any] = source.said() | used(trainer) | {"threads": self.cfg.threads} | environment()
            origin.record(
                self.folder.path, made, source.commit.patch, trainer.current_epoch if trainer.ckpt_path else None
            )


def used(trainer: Trainer) -> dict[str, str]:
    """The `device`, by its kind, and the `processor`, by its model: another one rounds otherwise. Of a CPU with the
    instructions that torch uses.
    """
    device = trainer.strategy.root_device
    if device.type == "cuda":
        model = torch.cuda.get_device_name(device)
    else:
        model = cpu() + (f", {torch.backends.cpu.get_cpu_capability()}" if device.type == "cpu" else "")
    return {"device": device.type, "processor": model + (f" × {trainer.world_size}" if trainer.world_size > 1 else "")}
