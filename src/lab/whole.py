"""Checkpoints that are whole or absent, on every file system, and are read without running anybody's code."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any, NamedTuple

import torch
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.plugins import DoublePrecision, TorchCheckpointIO

from .records.atomic import written_beside
from .records.folder import RunFolder

log = logging.getLogger(__name__)


class Whole(TorchCheckpointIO):
    """Writes beside the target and renames: Lightning's own copies over what is there, where the folder for temporary
    files lies on another file system.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        whole = io.BytesIO()  # torch's own writer does not say that there is no room left
        torch.save(checkpoint, whole)
        with written_beside(Path(path)) as temporary:
            temporary.write_bytes(whole.getbuffer())


def use(trainer: Trainer) -> None:
    """Lets a trainer save so, unless its strategy has a format of its own."""
    if type(trainer.strategy.checkpoint_io) is TorchCheckpointIO:
        trainer.strategy.checkpoint_io = Whole()


def make_double(trainer: Trainer, module: LightningModule) -> None:
    """Lets a module hold the weights of a checkpoint of 64 bits: Lightning loads them before it converts the module, so
    that half of their digits would be lost.
    """
    if isinstance(trainer.precision_plugin, DoublePrecision):
        trainer.precision_plugin.convert_module(module)


class Start(NamedTuple):
    """What a run begins with: the weights in a checkpoint, after so many epochs; or its own."""

    checkpoint: Path | None
    epochs: int


def start(folder: str | None) -> Start:
    """From the last checkpoint in the folder of a run that can be read. Says so where it isn't the last that is there.

    Args:
        folder: that of the run to go on with, if there is one.
    """
    if folder is not None:
        run = RunFolder(folder)
        for path in filter(Path.is_file, (run.last, run.previous)):
            try:
                epochs = torch.load(path, "cpu", weights_only=True, mmap=path.stat().st_size > 0)["epoch"]
                return Start(path, epochs)
            except Exception as error:  # whatever a file that is no checkpoint brings about
                if "GLOBAL" in str(error):  # code: not damaged, but nobody's to run
                    raise
                said = " ".join(str(error).split())[:100] or type(error).__name__
                log.warning("%s can't be read and is passed over (%s)", path, said)
        log.warning("%s has no checkpoint to go on from: it is trained from the start", folder)
    return Start(None, 0)
