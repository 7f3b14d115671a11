"""The Trainer of a run, and the callbacks that every run has."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning import Callback, Trainer

from . import private, whole
from .callbacks import Doing, StopWhenDiverged, TimeLimit
from .checkpoint import LastCheckpoint
from .fingerprint import Fingerprint
from .logged import EpochAxis, MetricsCsv
from .origin import Origin
from .records.folder import RunFolder
from .seeding import Seeding
from .story import Story


def essentials(cfg: DictConfig, folder: RunFolder) -> list[Callback]:
    """What every run has, whichever callbacks are chosen: what makes it resumable, measured, and ended in time."""
    return [
        Doing(hidden=cfg.job.swept),
        Seeding(cfg.seed),
        EpochAxis(),
        MetricsCsv(folder.metrics),
        StopWhenDiverged(),
        TimeLimit(cfg.max_time),
        Fingerprint(),
        Origin(folder, cfg),
        Story(cfg),
        LastCheckpoint(folder, cfg),
    ]


def build_trainer(cfg: DictConfig, callbacks: Sequence[Callback]) -> Trainer:
    """The Trainer with these callbacks and the ones that are chosen, and its loggers."""
    trainer = _trainer(
        cfg,
        callbacks=[*callbacks, *(instantiate(callback) for callback in cfg.callbacks.values())],
        logger=[instantiate(logger) for logger in cfg.logger.values()],
    )
    whole.use(trainer)
    return trainer


def processes(cfg: DictConfig) -> int:
    """In how many processes the run is yet to be started; 1 where this one trains it: alone, as one that was started
    with others (by torchrun, or by srun), or on several machines.

    Raises:
        ValueError: Lightning would fork or spawn the processes, which know nothing of the run then.
    """
    started = "LOCAL_RANK" in os.environ or int(os.environ.get("SLURM_NTASKS", 1)) > 1
    if cfg.trainer.devices in (1, "1") or cfg.trainer.get("num_nodes", 1) != 1 or started:
        return 1
    trainer = _trainer(cfg, logger=False, enable_checkpointing=False)
    if private.forks_processes(trainer):
        raise ValueError(f"trainer.strategy={cfg.trainer.strategy} can't train a run here: take trainer.strategy=ddp")
    return trainer.num_devices if private.starts_processes(trainer) else 1


def _trainer(cfg: DictConfig, **more: Any) -> Trainer:
    if cfg.trainer.accelerator == "gpu" and not torch.cuda.is_available() and not torch.backends.mps.is_available():
        raise ValueError("there is no GPU here: leave out trainer=gpu, or use trainer=auto to take one where there is")
    trainer: Trainer = instantiate(cfg.trainer, **more)
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
