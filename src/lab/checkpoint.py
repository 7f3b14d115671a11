"""The checkpoint that a run goes on from."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from omegaconf import DictConfig
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor
from torchmetrics import Metric

from . import private, stop
from .records.atomic import keep
from .records.folder import RunFolder

HYPER_PARAMETERS = "hyper_parameters", "datamodule_hyper_parameters"  # as Lightning calls what classes keep themselves
PLACES = "run_folders"  # where the run lay when the checkpoint was saved: as it was named, and without links
SCHEDULES = "lr_schedulers"  # as Lightning calls their states


class LastCheckpoint(Checkpoint):
    """Saves every so many epochs, after the last one, and when the run is told to stop: what `resume` goes on from. Up
    to the last epoch, the one before is kept beside it.

    It saves between two epochs, when all that belongs to the first is over (schedules that watch a metric have made
    their step, metrics are reset). Metrics of torchmetrics that last longer than an epoch are saved with the weights; a
    resumed run has them again although many modules reset them in `on_train_start`. Of the hyper-parameters that a
    class keeps, what isn't plain data is left out, since a checkpoint is loaded without running anybody's code.

    Args:
        folder: of the run. What other callbacks keep in a checkpoint are paths in it: they follow where it is moved.
        cfg: the configuration of the run, which is written down when nothing speaks against training it any more.

    Raises:
        Stopped: after the epoch in which the run was told to.
        ValueError: the run goes on with another number of epochs, and its schedule can't.
    """

    def __init__(self, folder: RunFolder, cfg: DictConfig) -> None:
        self.folder = folder
        self.cfg = cfg
        self.every: int = cfg.checkpoint.every
        self.saved = 0
        self.metrics: list[tuple[Metric, dict[str, Any]]] = []
        self.schedules: list[dict[str, Any]] = []

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        for metric in _metrics(pl_module):
            metric.persistent(True)

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        for place in checkpoint.get(PLACES, []):
            checkpoint["callbacks"] = _renamed(checkpoint["callbacks"], place, str(self.folder.path.resolve()))
        self.schedules = checkpoint.get(SCHEDULES, [])

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        for config, state in zip(trainer.lr_scheduler_configs, self.schedules, strict=False):
            if said := private.differs(config.scheduler, state):
                raise ValueError(f"the schedule of this run can't go on with other epochs ({said}): train it anew")
        if trainer.is_global_zero:
            self.folder.record(self.cfg)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        stop.be_patient(True)
        self.saved = trainer.current_epoch
        if self.saved:
            self.metrics = [(metric, deepcopy(metric.state_dict())) for metric in _metrics(pl_module)]

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        while self.metrics:
            metric, state = self.metrics.pop()
            metric.load_state_dict(state)
        told = _told(trainer)
        due = trainer.current_epoch // self.every > self.saved // self.every  # some modules do several epochs at a time
        if due or (told and trainer.current_epoch > self.saved):
            with private.BetweenEpochs(trainer):
                self._save(trainer)
        _stop_where(told, trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch != self.saved:
            self._save(trainer)
        _stop_where(_told(trainer), trainer)
        stop.be_patient(False)
        if trainer.is_global_zero:
            self.folder.previous.unlink(missing_ok=True)  # which takes as much room again

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        checkpoint[PLACES] = [str(self.folder.path.absolute()), str(self.folder.path.resolve())]
        for key in HYPER_PARAMETERS:
            if key in checkpoint:
                checkpoint[key] = {name: value for name, value in checkpoint[key].items() if _is_plain(value)}

    def _save(self, trainer: Trainer) -> None:
        if trainer.is_global_zero:
            keep(self.folder.last, self.folder.previous, replaced=True)
        trainer.save_checkpoint(self.folder.last)
        self.saved = trainer.current_epoch


def _told(trainer: Trainer) -> int | None:
    """The signal that the run is to stop by: of several processes, the first one is told, and all stop as one."""
    told = stop.told()
    return trainer.strategy.broadcast(told) if trainer.world_size > 1 else told


def _stop_where(told: int | None, trainer: Trainer) -> None:
    if told:
        epochs = trainer.current_epoch
        raise stop.Stopped(told, f"after epoch {epochs} of {max(epochs, trainer.max_epochs or 0)}" if epochs else "")


def _metrics(module: LightningModule) -> Iterator[Metric]:
    return (part for part in module.modules() if isinstance(part, Metric))


def _renamed(node: Any, old: str, new: str) -> Any:
    """The node with what lies in the folder `old` named as lying in `new`."""
    if isinstance(node, dict):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in node.items()}
    if type(node) in (list, tuple):
        return type(node)(_renamed(each, old, new) for each in node)
    if isinstance(node, str) and (node + "/").startswith(old + "/"):
        return new + node[len(old) :]
    return node


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple | set):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int | float | bool | Tensor)
