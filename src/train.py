"""The door: python -m src.train [group=choice | key=value …] [-m 'seed=range(10)']."""

from __future__ import annotations

from contextlib import suppress

import hydra
from omegaconf import DictConfig

from . import cli, config


def train(cfg: DictConfig) -> None:
    """One run; in a sweep, one of its jobs, in a process of its own."""
    config.check(cfg)
    from .experiment import run  # seconds to import: after the check, and not for a sweep's parent or --help

    if cfg.job.swept:  # its parent reads from result.json what came of it
        with suppress(Exception):
            run(cfg)
    else:
        with cli.one_line_errors():
            cli.show_config(cfg)
            cli.show_result(run(cfg), cfg.job.folder)


if __name__ == "__main__":
    cli.main(hydra.main(str(config.CONF), "config", version_base="1.3")(train))
