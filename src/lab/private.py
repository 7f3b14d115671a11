"""What other packages keep private and offer no public way to, in one place.

Checked against pytorch-lightning 2.6.6, torch 2.15.0 and hydra-core 1.3.8.
"""

from __future__ import annotations

import inspect
from typing import Any

from pytorch_lightning import Trainer
from pytorch_lightning.loggers import TensorBoardLogger
from pytorch_lightning.strategies.launchers.multiprocessing import _MultiProcessingLauncher
from pytorch_lightning.strategies.launchers.subprocess_script import _SubprocessScriptLauncher


def file_writer(logger: TensorBoardLogger) -> Any:
    """What takes TensorBoard's own protocol buffers: `SummaryWriter` adds scalars and pictures, but neither layouts nor
    hyper-parameters after its own.
    """
    return logger.experiment._get_file_writer()


def starts_processes(trainer: Trainer) -> bool:
    """Whether a Trainer, at its first `fit`, would run the command once more for each device but the first."""
    return isinstance(trainer.strategy.launcher, _SubprocessScriptLauncher)


def forks_processes(trainer: Trainer) -> bool:
    """Whether it would go on in copies of this process, or in new ones that it sends itself to."""
    return type(trainer.strategy.launcher) is _MultiProcessingLauncher


def end_workers(loaders: Any) -> None:
    """Lets a DataLoader's persistent workers go: `DataLoader` has no way to seed them anew."""
    for loader in loaders if isinstance(loaders, list | tuple) else [loaders]:
        if getattr(loader, "persistent_workers", False):
            loader._iterator = None


def differs(schedule: Any, state: dict[str, Any]) -> str | None:
    """`total_steps=80, was 40`: the first argument that a schedule of torch's is made with and that is another in the
    state of the schedule it goes on from; loading that state would bring the old one back without a word.
    """
    for name in inspect.signature(type(schedule).__init__).parameters:
        now, was = getattr(schedule, name, None), state.get(name)
        if isinstance(was, int | float) and isinstance(now, int | float) and now != was and name != "last_epoch":
            return f"{name}={now}, was {was}"
    return None


class BetweenEpochs:
    """A context in which a checkpoint that is saved at the start of an epoch is one of the epoch before: Lightning has
    counted the coming epoch already, and would skip a step of its schedule when it goes on from there.
    """

    def __init__(self, trainer: Trainer) -> None:
        progress = trainer.fit_loop.epoch_progress
        self.counts = progress.total, progress.current

    def __enter__(self) -> None:
        for count in self.counts:
            count.ready -= 1

    def __exit__(self, *args: object) -> None:
        for count in self.counts:
            count.ready += 1
