"""The Trainer of a run, and the callbacks that every run has."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning import Callback, Trainer

from . import whole
from .callbacks import StopWhenDiverged, TimeLimit
from .checkpoint import LastCheckpoint
from .fingerprint import Fingerprint
from .logged import EpochAxis, MetricsCsv
from .origin import Origin
from .records.folder import RunFolder
from .seeding import Seeding


def essentials(cfg: DictConfig, folder: RunFolder) -> list[Callback]:
    """What every run has, whichever callbacks are chosen: what makes it resumable, measured, and ended in time."""
    return [
        Seeding(cfg.seed),
        EpochAxis(),
        MetricsCsv(folder.metrics),
        StopWhenDiverged(),
        TimeLimit(cfg.max_time),
        Fingerprint(),
        Origin(folder, cfg),
        LastCheckpoint(folder, cfg),
    ]


def build_trainer(cfg: DictConfig, callbacks: Sequence[Callback]) -> Trainer:
    """The Trainer with these callbacks and the ones that are chosen, and its loggers."""
    if cfg.trainer.accelerator == "gpu" and not torch.cuda.is_available() and not torch.backends.mps.is_available():
        raise ValueError("there is no GPU here: leave out trainer=gpu, or use trainer=auto to take one where there is")
    trainer: Trainer = instantiate(
        cfg.trainer,
        callbacks=[*callbacks, *(instantiate(callback) for callback in cfg.callbacks.values())],
        logger=[instantiate(logger) for logger in cfg.logger.values()],
    )
    whole.use(trainer)
    return trainer


@contextmanager
def quiet() -> Iterator[None]:
    """Lightning says nothing of what it found on the machine, nor of what every resumed or tested run does."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*LeafSpec.* is deprecated")  # Lightning 2.6 under newer torch
        warnings.filterwarnings("ignore", message="Checkpoint directory .* exists and is not empty")
        warnings.filterwarnings("ignore", message=".*callbacks used to create the checkpoint")
        yield
