"""The door: python -m src.train [group=choice | key=value …] [-m 'seed=range(10)']."""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from multiprocessing import current_process

import hydra
from omegaconf import DictConfig

from . import cli, config, results


def train(cfg: DictConfig) -> None:
    """One run; in a sweep, one of its jobs, in a process of its own."""
    if cfg.job.swept:  # its parent has checked it, and reads from result.json what came of it
        if current_process().name != "MainProcess":
            atexit.register(os._exit, 0)  # a sweep ends a second sooner when its workers needn't unload torch
        with suppress(Exception):
            _run(cfg)
    else:
        with cli.one_line_errors():
            config.check(cfg)
            cli.show_config(cfg)
            cli.show_result(cfg, _run(cfg))


def _run(cfg: DictConfig) -> results.Result:
    from .experiment import run  # seconds to import: not for --help, a wrong option or a sweep's parent

    return run(cfg)


if __name__ == "__main__":
    cli.main(hydra.main(str(config.CONF), "config", version_base="1.3")(train))
