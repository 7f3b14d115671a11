"""The whole story of a run: data, model, trainer, fit, test, result."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning import Callback, LightningModule, Trainer, seed_everything

from . import config, trust
from .callbacks import StopWhenDiverged, TimeLimit
from .checkpoint import LastCheckpoint
from .dashboard import hparams, text
from .logged import EpochAxis, MetricsCsv, epoch_metrics, rounded
from .module import build_data, build_model, can_be_tested, extras
from .records import curves, results
from .records.folder import RunFolder, is_main_process, locked
from .records.metrics import Metrics
from .seeding import Seeding, seed_setup

SECONDS_TO_WAIT = 10.0  # for a run folder: that long may a killed sweep's process take to end


def run(cfg: DictConfig, callbacks: Sequence[Callback] = ()) -> results.Result:
    """Trains and tests what `cfg` describes, and returns what it writes into `result.json`.

    Args:
        cfg: from `config.compose`, or Hydra.
        callbacks: beside those of the configuration.

    Raises:
        ValueError: the configuration won't do, or asks for a device that isn't there.
        FloatingPointError: a loss became infinite or NaN.
        TimeoutError: `max_time` was over; what was trained is kept.
        RuntimeError: another process is at work in the folder.
    """
    checked = config.check(cfg)
    trust.check(cfg, imported=True)
    folder = RunFolder(cfg.job.folder)
    with locked(folder.path, SECONDS_TO_WAIT), results.recorded(cfg, is_main_process()) as result, quiet():
        torch.set_num_threads(cfg.threads)
        seed_everything(cfg.seed, verbose=False)
        data = build_data(cfg)
        model = build_model(cfg, checked)
        trainer = build_trainer(cfg, [*essentials(cfg, folder), *callbacks])
        result["parameters"] = sum(parameter.numel() for parameter in model.parameters()) // cfg.runs
        result["device"] = trainer.strategy.root_device.type
        text.log(trainer.loggers, cfg)

        start = time.perf_counter()
        seed_setup(cfg.seed)
        trainer.fit(model, data, ckpt_path=cfg.resume and RunFolder(cfg.resume).needed("last"), weights_only=True)
        result["seconds"]["fit"] = round(time.perf_counter() - start, 3)
        result["epochs"] = trainer.current_epoch
        metrics = epoch_metrics(trainer)

        if cfg.tested and can_be_tested(model, data):
            best = folder.needed("best") if cfg.tested == "best" else None
            seed_setup(cfg.seed)
            trainer.test(model, data, ckpt_path=best, verbose=False, weights_only=True)
            metrics |= epoch_metrics(trainer)
        if is_main_process():
            record(result, cfg, model, curves.last(folder.metrics) | metrics)
            hparams.log(trainer.loggers, cfg, result)
    return result


def record(result: results.Result, cfg: DictConfig, model: LightningModule, metrics: Metrics) -> None:
    """Fills in what came of the run: its figures, and those of each of the networks that it trained."""
    offered = extras(model)
    metrics = metrics | offered.derived(metrics)
    each = [{name: rounded(value) for name, value in own.items()} for own in offered.network_metrics() or []]
    networks = [own | offered.derived(own) for own in each] or [metrics]
    epochs = offered.network_epochs() or [result["epochs"]] * len(networks)
    names = dict.fromkeys(name for figures in (metrics, *networks) for name in figures)
    result |= {"metrics": results.plain(metrics), **results.described(cfg, names)}
    result["runs"] = [results.of_network(cfg.seed + r, epochs[r], own) for r, own in enumerate(networks)]


def test(cfg: DictConfig, checkpoint: Path) -> Metrics:
    """The test metrics of the weights in a checkpoint; writes nothing.

    Raises:
        ValueError: the module or the data has no test.
    """
    checked = config.check(cfg)
    trust.check(cfg, imported=True)
    torch.set_num_threads(cfg.threads)
    seed_everything(cfg.seed, verbose=False)
    with quiet():
        data, model = build_data(cfg), build_model(cfg, checked)
        if not can_be_tested(model, data):
            raise ValueError(f"{type(model).__name__} or {type(data).__name__} has no test")
        trainer = build_trainer(cfg, [Seeding(cfg.seed)])
        seed_setup(cfg.seed)
        trainer.test(model, data, ckpt_path=checkpoint, verbose=False, weights_only=True)
    metrics = epoch_metrics(trainer)
    return metrics | extras(model).derived(metrics)


def essentials(cfg: DictConfig, folder: RunFolder) -> list[Callback]:
    """What every run has, whichever callbacks are chosen: what makes it resumable, measured, and ended in time."""
    return [
        Seeding(cfg.seed),
        EpochAxis(),
        MetricsCsv(folder.metrics),
        StopWhenDiverged(),
        TimeLimit(cfg.max_time),
        LastCheckpoint(folder.last, cfg.checkpoint.every),
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
