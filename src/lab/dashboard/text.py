"""What a run was started with, as TensorBoard's text tab shows it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import Logger, TensorBoardLogger


def log(loggers: Iterable[Logger], cfg: DictConfig) -> None:
    """Tells the TensorBoard loggers the configuration, and the command that makes the same run again."""
    for logger in loggers:
        if isinstance(logger, TensorBoardLogger):
            logger.experiment.add_text("configuration", f"```yaml\n{OmegaConf.to_yaml(cfg, resolve=True)}```")
            logger.experiment.add_text("command", f"`{command(list(cfg.job.overrides))}`")


def command(overrides: list[str]) -> str:
    """What makes the same run again."""
    return shlex.join(["python", "-m", "src.train", *overrides])
