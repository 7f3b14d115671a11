"""What a ported experiment is expected to do, and runs of it."""

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import get_start_method
from pathlib import Path
from typing import Any, NamedTuple

import torch
from omegaconf import DictConfig
from pytorch_lightning import Callback, Trainer

from src.lab import compose, train
from src.lab.records.results import Result
from tests.conftest import ROOT

ITSELF = Path(__file__).parent / "conf"


class Case(NamedTuple):
    """Expectations are written here once more, so that they don't come from the yaml that is tested.

    Attributes:
        swept: a key of the model, and two values for it.
        heading: of the objective in tables, with its unit.
        other: another metric to report, which the yaml gives the direction `other_better`, or none.
        space: what `tune` searches; empty for the usual.
        curves: metrics that TensorBoard shows over the epochs, in its words.
        kept: the names of the module's own hyper-parameters that a checkpoint keeps.
        own_optimizer: whether the class makes its own.
        tested: whether it has a test.
    """

    model: str
    swept: tuple[str, str, str]
    objective: str
    better: str
    heading: str
    monitor: str
    mode: str
    other: str
    other_better: str | None
    curves: tuple[str, ...]
    kept: set[str] | None
    space: tuple[str, ...] = ()
    own_optimizer: bool = False
    tested: bool = True
    conf: Path = ITSELF

    @property
    def arguments(self) -> list[str]:
        """Of any command."""
        return [f"hydra.searchpath=[file://{self.conf}]", f"model={self.model}", "trainer=cpu"]

    def configuration(self, folder: Path, *overrides: str) -> DictConfig:
        cfg = compose(*self.arguments, *overrides)
        cfg.job.folder = str(folder)
        return cfg

    def run(self, folder: Path, *overrides: str, callbacks: Sequence[Callback] = ()) -> Result:
        """A run in this process."""
        return train.run(self.configuration(folder, *overrides), callbacks)


class BreaksIn(Callback):
    """Fails in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        if trainer.current_epoch == self.epoch:
            raise RuntimeError("broken")


class TellsStartMethod(Callback):
    """Writes into a file how processes are started here, by a loader for instance."""

    def __init__(self, file: str) -> None:
        self.file = Path(file)

    def on_train_start(self, trainer: Trainer, *args: Any) -> None:
        self.file.write_text(get_start_method())


def process(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command as people type it, in a folder."""
    env = {k: v for k, v in os.environ.items() if k != "HYDRA_FULL_ERROR"} | {"PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", module, *arguments]
    return subprocess.run(call, cwd=folder, env=env, capture_output=True, text=True, timeout=300)


def checkpoint(folder: Path, which: str = "last") -> dict[str, Any]:
    """Loaded as plain data alone."""
    found: dict[str, Any] = torch.load(folder / "checkpoints" / f"{which}.ckpt", weights_only=True)
    return found


def same_weights(first: Path, second: Path) -> bool:
    one, other = checkpoint(first)["state_dict"], checkpoint(second)["state_dict"]
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def column(folder: Path, metric: str) -> list[float]:
    """A metric over the epochs."""
    return [float(row[metric]) for row in csv.DictReader((folder / "metrics.csv").read_text().splitlines())]
