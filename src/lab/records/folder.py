"""A run's folder, or a sweep's: whose it is, what it holds, and that nobody else is at work in it. Imports no torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from src.lab.records import results


class Claim(Callback):
    """Hydra calls it before a single run writes anything: what is in a folder already is not written over."""

    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        try:
            folder = Path(config.hydra.run.dir)
        except Exception:  # Hydra comes across the same, and says it
            return
        if config.resume is None and (folder / results.NAME).exists():
            # Hydra would turn an exception into a warning
            sys.exit(f"error: {folder} holds a run already: resume={folder} goes on with it, or choose another folder")


def checkpoint(folder: str | Path, which: str) -> Path:
    """A run folder's checkpoint, `last` or `best`; raises FileNotFoundError where there is none."""
    return _there(Path(folder), f"checkpoints/{which}.ckpt")


def has_checkpoint(folder: Path) -> bool:
    """Whether a run can go on from there."""
    return (folder / "checkpoints" / "last.ckpt").is_file()


def configuration(folder: Path) -> DictConfig:
    """What the run was made with; raises FileNotFoundError where the folder is not a run's."""
    found = OmegaConf.load(_there(folder, ".hydra/config.yaml"))
    assert isinstance(found, DictConfig)
    return found


def state(folder: Path, cfg: DictConfig) -> str:
    """What a folder holds of the run: `new` is nothing, else the status of its result; `interrupted` too where only a
    checkpoint was left.

    Raises:
        ValueError: it holds the run of another configuration or seed.
    """
    path = folder / results.NAME
    if path.is_file():
        found = results.read(path)
        same = found["config_hash"] == results.config_hash(cfg) and found["seed"] == cfg.seed
    elif has_checkpoint(folder):
        recorded = configuration(folder)
        found = {"status": "interrupted"}
        same = results.config_hash(recorded) == results.config_hash(cfg) and recorded.seed == cfg.seed
    else:
        return "new"
    if not same:
        raise ValueError(f"{folder} holds the run of another configuration: choose another folder")
    return str(found["status"])


@contextmanager
def locked(folder: Path, seconds: float = 0.0) -> Iterator[None]:
    """Keeps other processes out; the operating system frees the folder when this one ends, however it ends.

    Raises:
        RuntimeError: another process is at work in the folder, and still is after so many seconds.
    """
    if not results.is_main_process():  # the other processes of one run
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=seconds):
            yield
    except Timeout:
        raise RuntimeError(f"another process is at work in {folder}: wait for its end, or stop it") from None


def _there(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise FileNotFoundError(f"there is no {path}: is {folder} the folder of a run?")
    return path
