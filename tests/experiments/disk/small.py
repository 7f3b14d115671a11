"""Small runs of a disk model, and what they leave behind."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback

from src.lab import train
from src.lab.config import compose
from src.lab.records.results import Result

SMALL = [
    "data.train_points=60",
    "data.val_points=20",
    "data.test_points=20",
    "data.batch_size=20",
    "figures=never",
    "epochs=6",
]
HARD = ["optimizer.momentum=0.9", "model.dropout=0.2"]


def config(folder: Path, *overrides: str) -> Any:
    cfg = compose("model=disk_tanh", *SMALL, "model.epochs_per_step=2", "trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return cfg


def run(folder: Path, *overrides: str, callbacks: Sequence[Callback] = ()) -> Result:
    return train.run(config(folder, *overrides), callbacks)


def checkpoint(folder: Path) -> dict[str, Any]:
    saved: dict[str, Any] = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)  # plain types only
    return saved


def weights(folder: Path) -> list[torch.Tensor]:
    return list(checkpoint(folder)["state_dict"].values())


def same(first: list[torch.Tensor], second: list[torch.Tensor]) -> bool:
    return len(first) == len(second) and all(map(torch.equal, first, second))


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "metrics.csv").read_text().splitlines()))
