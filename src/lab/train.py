"""The whole story of a run: data, model, trainer, fit, test, result."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import torch
from omegaconf import DictConfig
from pytorch_lightning import Callback, LightningDataModule, LightningModule, Trainer

from . import config, stop, trust, whole
from .dashboard import hparams, text
from .doing import say
from .fingerprint import tested_on
from .logged import epoch_metrics, rounded
from .many import build
from .module import can_be_tested, extras
from .origin import used
from .ranks import ranks
from .records import curves, results
from .records.atomic import named
from .records.folder import RunFolder, is_main_process, locked
from .records.metrics import Metrics
from .resume import resume
from .schema import Config
from .seeding import Seeding, seed_setup
from .trainer import build_trainer, essentials, processes, quiet

log = logging.getLogger(__name__)

SECONDS_TO_WAIT = 10.0  # for a run folder: that long may a killed sweep's process take to end


def run(cfg: DictConfig, callbacks: Sequence[Callback] = ()) -> results.Result:
    """Trains and tests what `cfg` describes, and returns what it writes into `result.json`.

    Args:
        cfg: from `config.compose`, or Hydra.
        callbacks: beside those of the configuration.

    Raises:
        ValueError: the configuration won't do, or asks for a device that isn't there.
        FloatingPointError: a loss became infinite or NaN.
        TimeoutError, Stopped: `max_time` was over, or a signal told it to stop; what was trained is kept.
        RuntimeError: another process is at work in the folder.
    """
    checked = config.check(cfg)
    trust.check(cfg, imported=True)
    folder = RunFolder(cfg.job.folder)
    with locked(folder.path, SECONDS_TO_WAIT), stop.listening(), quiet():
        if is_main_process() and resume.is_complete(cfg):
            return results.read(folder.result)
        start = whole.start(cfg.resume)
        resume.note(cfg, start.epochs)
        with results.recorded(cfg, is_main_process()) as result, named(folder.path):
            if (world := processes(cfg)) > 1:
                ranks.train(cfg, start.checkpoint, result, callbacks, world)
            else:
                train(cfg, checked, start.checkpoint, result, callbacks)
    return result


def train(
    cfg: DictConfig,
    checked: Config,
    checkpoint: Path | None,
    result: results.Result,
    callbacks: Sequence[Callback] = (),
) -> None:
    """Trains from a checkpoint, or from the start, and tests, in this process; fills in the result as it goes."""
    folder, made_with = RunFolder(cfg.job.folder), deepcopy(cfg)  # Hydra resolves it in places when it makes objects
    torch.set_num_threads(cfg.threads)
    say("loading the data", hidden=cfg.job.swept or not is_main_process())
    data, model = build(cfg, checked)
    trainer = build_trainer(cfg, [*essentials(made_with, folder), *callbacks])
    whole.make_double(trainer, model)
    result["parameters"] = sum(parameter.numel() for parameter in model.parameters()) // cfg.runs
    result |= used(trainer)
    log.info("%s parameters on %s", f"{result['parameters']:,}", result["device"])
    text.log(trainer.loggers, cfg)
    with timed(result, trainer):
        seed_setup(cfg.seed)
        trainer.fit(model, data, ckpt_path=checkpoint, weights_only=True)
    metrics = epoch_metrics(trainer) | tested(trainer, model, data, cfg)
    if is_main_process():
        record(result, cfg, model, curves.last(folder.metrics) | metrics)
        hparams.log(trainer.loggers, cfg, result)


@contextmanager
def timed(result: results.Result, trainer: Trainer) -> Iterator[None]:
    """Says in the result how long it was trained, in seconds and in epochs, also where it was stopped."""
    start = time.perf_counter()
    try:
        yield
    finally:
        result["seconds"]["fit"] = round(time.perf_counter() - start, 3)
        result["epochs"] = trainer.current_epoch


def tested(trainer: Trainer, model: LightningModule, data: LightningDataModule, cfg: DictConfig) -> Metrics:
    """The test metrics of the last weights, or of the best; none where nothing is to be tested."""
    if not cfg.tested or not can_be_tested(model, data):
        return {}
    best = RunFolder(cfg.job.folder).needed("best") if cfg.tested == "best" else None
    seed_setup(cfg.seed)
    trainer.test(model, data, ckpt_path=best, verbose=False, weights_only=True)
    return epoch_metrics(trainer)


def record(result: results.Result, cfg: DictConfig, model: LightningModule, metrics: Metrics) -> None:
    """Fills in what came of the run: its figures, and those of each of the networks that it trained."""
    offered = extras(model)
    metrics = metrics | offered.derived(metrics)
    each = [{name: rounded(value) for name, value in own.items()} for own in offered.network_metrics() or []]
    networks = [own | offered.derived(own) for own in each] or [metrics]
    epochs = offered.network_epochs() or [result["epochs"]] * len(networks)
    names = dict.fromkeys(name for figures in (metrics, *networks) for name in figures)
    result |= {
        "metrics": results.plain(metrics),
        **results.described(cfg, names),
        "tested_on": tested_on(model.trainer),
    }
    result["runs"] = [results.of_network(cfg.seed + r, epochs[r], own) for r, own in enumerate(networks)]


def test(cfg: DictConfig, checkpoint: Path) -> Metrics:
    """The test metrics of the weights in a checkpoint; writes nothing.

    Raises:
        ValueError: the module or the data has no test.
    """
    checked = config.check(cfg)
    trust.check(cfg, imported=True)
    torch.set_num_threads(cfg.threads)
    with quiet():
        data, model = build(cfg, checked)
        if not can_be_tested(model, data):
            raise ValueError(f"{type(model).__name__} or {type(data).__name__} has no test")
        trainer = build_trainer(cfg, [Seeding(cfg.seed)])
        whole.make_double(trainer, model)
        seed_setup(cfg.seed)
        trainer.test(model, data, ckpt_path=checkpoint, verbose=False, weights_only=True)
    metrics = epoch_metrics(trainer)
    return metrics | extras(model).derived(metrics)
