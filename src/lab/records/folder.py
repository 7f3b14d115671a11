"""A run's folder, or a sweep's: what it holds, whose it is, and that nobody else is at work in it. Imports no torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from . import results
from .signature import config_hash


class RunFolder:
    """Where everything of a run lies. Configurations name these as `${path:metrics}`."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.result = self.path / results.NAME
        self.metrics = self.path / "metrics.csv"  # a row an epoch
        self.figures = self.path / "figures"
        self.loggers = self.path / "loggers"  # of those without a place of their own
        self.checkpoints = self.path / "checkpoints"
        self.last = self.checkpoints / "last.ckpt"  # of the last epoch that was saved: what `resume` goes on from
        self.best = self.checkpoints / "best.ckpt"  # of the epoch with the best monitor
        self.configuration = self.path / ".hydra" / "config.yaml"
        self.overrides = self.path / ".hydra" / "overrides.yaml"
        self.lock = self.path / ".lock"

    def needed(self, file: str) -> Path:
        """One of its files by name; raises FileNotFoundError where there is none."""
        path: Path = getattr(self, file)
        if not path.is_file():
            raise FileNotFoundError(f"there is no {path}: is {self.path} the folder of a run?")
        return path

    def recorded(self) -> DictConfig:
        """The configuration that the run was made with.

        Raises:
            FileNotFoundError: the folder is not a run's.
            ValueError: the run is of an earlier version, which this one can't go on with.
        """
        found = OmegaConf.load(self.needed("configuration"))
        assert isinstance(found, DictConfig)
        if "objective" not in found:
            raise ValueError(
                f"{self.path} is of an earlier version: its results are read, but it can't be gone on with"
            )
        return found


class Claim(Callback):
    """Hydra calls it before a single run writes anything: what is in a folder already is not written over."""

    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        try:
            folder = RunFolder(config.hydra.run.dir)
        except Exception:  # Hydra comes across the same, and says it
            return
        if config.resume is None and folder.result.exists():
            # Hydra would turn an exception into a warning
            place = folder.path
            sys.exit(f"error: {place} holds a run already: resume={place} goes on with it, or choose another folder")


def state(folder: RunFolder, cfg: DictConfig) -> str:
    """What a folder holds of the run: `new` is nothing, else the status of its result; `interrupted` too where only a
    checkpoint was left.

    Raises:
        ValueError: it holds the run of another configuration or seed.
    """
    if folder.result.is_file():
        found = results.read(folder.result)
        same = found["config_hash"] == config_hash(cfg) and found["seed"] == cfg.seed
    elif folder.last.is_file():
        recorded = folder.recorded()
        found = {"status": "interrupted"}
        same = config_hash(recorded) == config_hash(cfg) and recorded.seed == cfg.seed
    else:
        return "new"
    if not same:
        raise ValueError(f"{folder.path} holds the run of another configuration: choose another folder")
    return str(found["status"])


def is_main_process() -> bool:
    """Of the processes of one run (trainer=ddp), the first one speaks and writes."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


@contextmanager
def locked(folder: Path, seconds: float = 0.0) -> Iterator[None]:
    """Keeps other processes out; the operating system frees the folder when this one ends, however it ends.

    Raises:
        RuntimeError: another process is at work in the folder, and still is after so many seconds.
    """
    if not is_main_process():  # the other processes of one run
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(RunFolder(folder).lock, timeout=seconds):
            yield
    except Timeout:
        raise RuntimeError(f"another process is at work in {folder}: wait for its end, or stop it") from None
