"""Several networks trained at once (`runs=50`): each made as the run of its own seed makes it, and what they have in
common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import torch
from hydra.utils import get_method
from omegaconf import DictConfig
from pytorch_lightning import LightningDataModule, LightningModule, seed_everything
from torch import Tensor

from .data import Batches
from .module import build_data, build_model
from .records.metrics import Metrics
from .schema import Config

Together = Callable[[Sequence[LightningModule], Sequence[int]], LightningModule]  # of modules and their seeds


def build(cfg: DictConfig, checked: Config) -> tuple[LightningDataModule, LightningModule]:
    """Data and module of a run, drawn from its seed.

    Where the configuration names a function `many`, there are `runs` of both, the r-th as the run of `seed + r` alone
    has it; that function makes one module of the modules.
    """
    if cfg.runs == 1 or not cfg.get("many"):
        seed_everything(cfg.seed, verbose=False)
        return build_data(cfg), build_model(cfg, checked)
    together: Together = get_method(cfg.many)
    seeds = [cfg.seed + r for r in range(cfg.runs)]
    data, modules = zip(*(_alone(cfg, seed, checked) for seed in seeds), strict=True)
    return ManyData(data), together(modules, seeds)


def _alone(cfg: DictConfig, seed: int, checked: Config) -> tuple[LightningDataModule, LightningModule]:
    own = deepcopy(cfg)
    own.seed, own.runs = seed, 1
    return build(own, checked)


class ManyData(LightningDataModule):
    """The data of several networks, each in the order that its own data module gives it and distorted as that does: a
    batch holds what all networks see in a step, `(runs, batch_size, …)`.

    Args:
        each: of one network, with loaders that are `Batches`, as many for each.
    """

    def __init__(self, each: Sequence[LightningDataModule]) -> None:
        super().__init__()
        self.each = each

    def prepare_data(self) -> None:
        self.each[0].prepare_data()  # what all of them are drawn from

    def setup(self, stage: str) -> None:
        for data in self.each:
            data.trainer = self.trainer
            data.setup(stage)

    def train_dataloader(self) -> ManyBatches:
        return ManyBatches([data.train_dataloader() for data in self.each])

    def val_dataloader(self) -> ManyBatches:
        return ManyBatches([data.val_dataloader() for data in self.each])

    def test_dataloader(self) -> ManyBatches:
        return ManyBatches([data.test_dataloader() for data in self.each])

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """Nothing to move: the batches that these are made of lie on the device already."""
        return batch


class ManyBatches:
    """Batches `(runs, batch_size, …)` of what each of the loaders has in `(batch_size, …)`."""

    def __init__(self, each: Sequence[Batches[Any]]) -> None:
        self.each = each

    def __len__(self) -> int:
        return len(self.each[0])

    def __iter__(self) -> Iterator[Any]:
        epochs = [list(loader) for loader in self.each]  # slices: nothing is copied yet
        kind, sizes = type(epochs[0][0]), [len(batch[0]) for batch in epochs[0]]
        whole = [map(torch.cat, zip(*batches, strict=True)) for batches in epochs]
        stacked = [torch.stack(tensors) for tensors in zip(*whole, strict=True)]  # once an epoch, and not each step
        for parts in zip(*(torch.split(tensor, sizes, 1) for tensor in stacked), strict=True):
            yield kind(*parts)


class Figures:
    """What was measured last of each network.

    Attributes:
        last: by metric, each network's, `(runs,)`.
        over: by metric, mean and std over the networks that haven't diverged.
    """

    def __init__(self) -> None:
        self.last: dict[str, Tensor] = {}
        self.over: dict[str, tuple[Tensor, Tensor]] = {}

    def add(self, figures: dict[str, Tensor], loss: Tensor) -> dict[str, Tensor]:
        """Keeps them, and returns the means; a network whose `loss` is not finite has diverged."""
        self.last |= figures
        self.over |= {name: over_networks(values, loss) for name, values in figures.items()}
        return {name: self.over[name][0] for name in figures}

    def each(self) -> list[Metrics]:
        """A network's after another's."""
        columns = {name: values.tolist() for name, values in self.last.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def stds(self) -> Metrics:
        return {name: float(std) for name, (_, std) in self.over.items()}


def over_networks(values: Tensor, loss: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and std over the networks, the last dimension, that have not diverged: whose loss is finite."""
    kept = loss.isfinite()
    n = kept.sum(-1)
    mean = values.where(kept, 0).sum(-1) / n
    deviations = (values - mean.unsqueeze(-1)).where(kept, 0)
    return mean, (deviations.square().sum(-1) / (n - 1).clamp(min=1)).sqrt()
