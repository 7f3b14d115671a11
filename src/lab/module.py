"""What the engine builds from a configuration, and what a LightningModule may offer beside Lightning's own."""

from __future__ import annotations

from typing import Any, TypeVar

from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning import LightningDataModule, LightningModule
from pytorch_lightning.utilities.model_helpers import is_overridden

from .records.metrics import Metrics
from .schema import Config


class Extras:
    """A LightningModule that inherits from this too may offer more than Lightning asks for. All of it is optional."""

    def network_metrics(self) -> list[Metrics] | None:
        """Of each of the networks that the module trains at once, its own last figures; None where it trains one."""
        return None

    def network_epochs(self) -> list[int] | None:
        """For how many epochs each of these networks was trained; None where that is what the run says."""
        return None

    def stds(self) -> Metrics:
        """By metric, the std over these networks of what was measured last."""
        return {}

    def derived(self, metrics: Metrics) -> Metrics:
        """What follows from the last figures of a network, to be recorded beside them."""
        return {}


def extras(module: LightningModule) -> Extras:
    """What the module offers, which for most modules is nothing."""
    return module if isinstance(module, Extras) else Extras()


def build_model(cfg: DictConfig, checked: Config) -> LightningModule:
    """The class that `model` names, made with its other keys. Where `model` has a `module` instead, that one is made;
    it is handed the keys beside it as `settings`, if the experiment's schema has checked them.

    Raises:
        TypeError: that is no LightningModule.
    """
    settings = getattr(checked, "model", None) if "model" in type(checked).model_fields else None
    if "module" not in cfg.model:
        module = instantiate(cfg.model, _convert_="all")
    elif settings is None:
        module = instantiate(cfg.model.module, _convert_="all")
    else:
        module = instantiate(cfg.model.module, settings=settings, _convert_="all")
    return _of_kind(module, LightningModule, "model")


def build_data(cfg: DictConfig) -> LightningDataModule:
    """The class that `data` names, made with its other keys; raises TypeError where it is no LightningDataModule."""
    return _of_kind(instantiate(cfg.data, _convert_="all"), LightningDataModule, "data")


def can_be_tested(module: LightningModule, data: LightningDataModule) -> bool:
    """Whether both have what a test takes."""
    return is_overridden("test_step", module) and is_overridden("test_dataloader", data)


Made = TypeVar("Made")


def _of_kind(made: Any, kind: type[Made], section: str) -> Made:
    """The object; a TypeError says what else it is."""
    if isinstance(made, kind):
        return made
    if any(base.__module__.startswith("lightning.") for base in type(made).__mro__):
        raise TypeError(
            f"{section}: {type(made).__name__} is made with `lightning`, but `pytorch_lightning` trains here, the same "
            f"by another name: write `from pytorch_lightning import {kind.__name__}` in its file"
        )
    raise TypeError(f"{section}: {type(made).__name__} is no {kind.__name__}")
