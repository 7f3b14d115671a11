"""What a configuration of disk may hold: types, ranges, and which choices go together. Imports no torch."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from src.lab.schema import Config, Folds, Positive, Probability, Section, Seed, averages_weights

RADIUS = 1 / math.sqrt(2 * math.pi)  # of the disk that covers half of the unit square

OPTIMIZERS = {"SGD": "sgd", "Adadelta": "adadelta", "Adam": "adam"}

Activation = Literal["relu", "tanh", "sigmoid"]
Targets = Literal["one_hot", "zero_one", "signed"]


class DiskData(Folds):
    pool: ClassVar[str] = "train_points"

    seed: Seed
    batch_size: PositiveInt
    train_points: Annotated[int, Field(gt=1)]  # of a single one there is no std
    val_points: PositiveInt
    test_points: PositiveInt
    standardize: bool
    shared: bool

    @model_validator(mode="after")
    def _leaves_a_std(self) -> Self:
        if self.folds and self.train_points - -(-self.train_points // self.folds) < 2:
            raise ValueError(f"data.folds={self.folds} leaves one of data.train_points={self.train_points} to train on")
        return self


class DiskModel(Section):
    """The knobs of a disk model; conf/experiments/disk/model/base/disk.yaml says what each is for."""

    widths: Annotated[list[PositiveInt], Field(min_length=2)]
    activation: Activation
    output: Activation | None
    init: Literal["uniform_fan_in", "normal_fan_in", "xavier", "he"]
    dropout: Probability
    targets: Targets
    threshold: float
    epochs_per_step: PositiveInt
    stop_gradient: Positive | None


class DiskConfig(Config):
    data: DiskData
    model: DiskModel

    @model_validator(mode="before")
    @classmethod
    def _goes_together(cls, cfg: dict[str, Any]) -> dict[str, Any]:
        if "train_points" not in cfg["data"]:
            raise ValueError("a disk model doesn't learn from the data chosen: take data=disk")
        if cfg["optimizer"] is None or str(cfg["optimizer"]["_target_"]).rpartition(".")[2] not in OPTIMIZERS:
            choices = ", ".join(f"optimizer={choice}" for choice in OPTIMIZERS.values())
            raise ValueError(f"minidl, which trains disk models, hasn't got the optimizer chosen: take {choices}")
        if cfg["schedule"] and not str(cfg["schedule"]["_target_"]).startswith("src.minidl."):
            raise ValueError("a disk model can't follow the schedule chosen: take schedule=cosine, linear or constant")
        if cfg["trainer"]["devices"] != 1:
            raise ValueError("a disk model is trained on one device: leave trainer.devices at 1")
        for key, idle in (("gradient_clip_val", None), ("accumulate_grad_batches", 1)):
            if cfg["trainer"].get(key, idle) != idle:
                raise ValueError(f"trainer.{key} does nothing here, minidl makes its own steps: leave it out")
        if cfg["model"]["epochs_per_step"] != 1 and averages_weights(cfg):
            raise ValueError("weights are averaged between steps of an epoch each: add model.epochs_per_step=1")
        return cfg
