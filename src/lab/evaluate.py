"""A trained model, tested again."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig, OmegaConf, open_dict

from .garbage import keeping
from .records.folder import RunFolder
from .records.metrics import Metrics
from .stop import ending


def evaluate(trained: Path, *overrides: str) -> Metrics:
    """The test metrics of the weights that a run has tested, or of a checkpoint; of several networks trained at once,
    their means. `overrides` change what it is tested on: `data.seed=7` draws other data.

    Raises:
        FileNotFoundError: there is no checkpoint.
        ValueError: the model or its data has no test, or there is no such key.
    """
    with ending(), keeping():
        from .train import test

    cfg = recorded(trained, *overrides)
    checkpoint = trained if trained.is_file() else RunFolder(trained).needed(cfg.tested or "last")
    cfg.tested = None  # whichever it is
    return test(cfg, checkpoint)


def recorded(trained: Path, *overrides: str) -> DictConfig:
    """The configuration that a run's folder, or that of a checkpoint, holds, changed by `key=value`.

    Raises:
        FileNotFoundError: the folder is not a run's.
        ValueError: it has no such key.
    """
    run = trained.parent.parent if trained.is_file() else trained
    cfg = RunFolder(run).recorded()
    with open_dict(cfg):
        cfg.callbacks, cfg.logger = {}, {}
        cfg.trainer.devices, cfg.trainer.strategy = 1, "auto"  # however many trained it
        cfg.job = {"model": run.name, "folder": str(run), "swept": True, "overrides": list(overrides)}
        cfg.trust = []  # whoever recorded it
    for override in overrides:
        key, _, value = override.partition("=")
        if OmegaConf.select(cfg, key) is None:
            raise ValueError(f"{run} has no option {key}")
        OmegaConf.update(cfg, key, OmegaConf.from_dotlist([f"value={value}"]).value)
    return cfg
