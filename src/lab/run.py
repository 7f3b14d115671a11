"""The whole story of a run: data, model, trainer, fit, test, result."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Callback, LightningDataModule, LightningModule, Trainer, seed_everything

from src.lab import config
from src.lab.callbacks import epoch_metrics, last_row
from src.lab.dashboard import hparams
from src.lab.records import folder, results
from src.lab.records.metrics import of_network, with_accuracies

# Lightning's own use of a name that newer torch renames, and what it says of every resumed run.
warnings.filterwarnings("ignore", message=".*LeafSpec.* is deprecated")
warnings.filterwarnings("ignore", message="Checkpoint directory .* exists and is not empty")

SECONDS_TO_WAIT = 10.0  # for a run folder: that long may a killed sweep's process take to end


def run(cfg: DictConfig, callbacks: Sequence[Callback] = ()) -> results.Result:
    """Trains and tests what `cfg` describes, and returns what it writes into `result.json`.

    Args:
        cfg: from `config.compose`, or Hydra.
        callbacks: beside those of the configuration.

    Raises:
        ValueError: the configuration won't do, or asks for a device that isn't there.
        FloatingPointError: the loss became infinite or NaN.
        TimeoutError: `max_time` was over; what was trained is kept.
        RuntimeError: another process is at work in the folder.
    """
    config.check(cfg)
    with folder.locked(Path(cfg.job.folder), SECONDS_TO_WAIT), results.recorded(cfg) as result:
        torch.set_num_threads(cfg.threads)
        seed_everything(cfg.seed, verbose=False)
        data: LightningDataModule = instantiate(cfg.data)
        model = build_model(cfg)
        trainer = build_trainer(cfg, callbacks)
        result["parameters"] = sum(parameter.numel() for parameter in model.parameters()) // cfg.runs
        result["device"] = trainer.strategy.root_device.type

        start = time.perf_counter()
        trainer.fit(model, data, ckpt_path=cfg.resume and folder.checkpoint(cfg.resume, "last"))
        result["seconds"]["fit"] = round(time.perf_counter() - start, 3)
        result["epochs"] = trainer.current_epoch
        metrics = epoch_metrics(trainer) or last_row(cfg.job.folder)  # resumed when there was nothing left to do

        if cfg.tested:
            best = folder.checkpoint(cfg.job.folder, "best") if cfg.tested == "best" else None
            trainer.test(model, data, ckpt_path=best, verbose=False)
            metrics |= epoch_metrics(trainer)
        result["metrics"] = metrics = with_accuracies(metrics)
        each = getattr(model, "run_metrics", [metrics])  # of a module that trains several networks at once
        epochs = getattr(model, "run_epochs", [result["epochs"]])
        result["runs"] = [{**of_network(cfg.seed + r, own), "epochs": epochs[r]} for r, own in enumerate(each)]
        hparams.log(trainer.loggers, hparams.hyperparameters(cfg, result["parameters"]), metrics)
    return result


def test(cfg: DictConfig, checkpoint: Path) -> dict[str, float]:
    """The test metrics of the weights in a checkpoint; writes nothing."""
    config.check(cfg)
    torch.set_num_threads(cfg.threads)
    trainer = build_trainer(cfg)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*callbacks used to create the checkpoint")  # not for testing
        trainer.test(build_model(cfg), instantiate(cfg.data), ckpt_path=checkpoint, verbose=False)
    return with_accuracies(epoch_metrics(trainer))


def build_model(cfg: DictConfig) -> LightningModule:
    """The LightningModule around the network; its checkpoints hold the configuration in plain types."""
    model: LightningModule = instantiate(
        cfg.model.module,
        network=instantiate(cfg.model.network),
        optimizer=instantiate(cfg.optimizer),
        schedule=instantiate(cfg.schedule),
    )
    model.save_hyperparameters(OmegaConf.to_container(cfg, resolve=True), logger=False)
    return model


def build_trainer(cfg: DictConfig, callbacks: Sequence[Callback] = ()) -> Trainer:
    """The Trainer with its callbacks and loggers, quiet about what it found on the machine."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if cfg.trainer.accelerator == "gpu" and not torch.cuda.is_available() and not torch.backends.mps.is_available():
        raise ValueError("there is no GPU here: leave out trainer=gpu, or use trainer=auto to take one where there is")
    trainer: Trainer = instantiate(
        cfg.trainer,
        callbacks=[*(instantiate(callback) for callback in cfg.callbacks.values()), *callbacks],
        logger=[instantiate(logger) for logger in cfg.logger.values()],
    )
    return trainer
