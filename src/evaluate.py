"""Tests a trained model again.

python -m src.evaluate <run folder | checkpoint> [key=value …]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from omegaconf import DictConfig, OmegaConf, open_dict

from . import cli, folder, tables


def evaluate(trained: Path, *overrides: str) -> dict[str, float]:
    """The test metrics of the weights that a run has tested, or of a checkpoint; of several networks trained at once,
    their means. `overrides` change what it is tested on: `data.seed=7` draws other data.

    Raises:
        FileNotFoundError: there is no checkpoint.
    """
    from .experiment import test  # seconds to import

    cfg = recorded(trained.parent.parent if trained.is_file() else trained, *overrides)
    checkpoint = trained if trained.is_file() else folder.checkpoint(trained, cfg.tested or "last")
    cfg.tested = None  # whichever it is
    return test(cfg, checkpoint)


def recorded(run: Path, *overrides: str) -> DictConfig:
    """The configuration that a run's folder holds, changed by `key=value`.

    Raises:
        FileNotFoundError: the folder is not a run's.
        ValueError: it has no such key.
    """
    cfg = folder.configuration(run)
    with open_dict(cfg):
        cfg.callbacks, cfg.logger = {}, {}
        cfg.job = {"model": run.name, "folder": str(run), "swept": True, "overrides": []}
    for override in overrides:
        key, _, value = override.partition("=")
        if OmegaConf.select(cfg, key) is None:
            raise ValueError(f"{run} has no option {key}")
        OmegaConf.update(cfg, key, OmegaConf.from_dotlist([f"value={value}"]).value)
    return cfg


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m src.evaluate", description="Tests a trained model again.")
    parser.add_argument("trained", type=Path, help="a run's folder, or a checkpoint in it")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="what to change: data.seed=7, threads=2")
    with cli.one_line_errors():
        arguments = parser.parse_args()
        metrics = evaluate(arguments.trained, *arguments.overrides)
        tables.show([["metric", "value"], *([tables.heading(name), f"{value:.2f}"] for name, value in metrics.items())])


if __name__ == "__main__":
    main()
