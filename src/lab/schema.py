"""What a run's configuration may hold: types, ranges, and which choices go together."""

from __future__ import annotations

from typing import Annotated, Literal

from omegaconf import DictConfig
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Probability = Annotated[float, Field(ge=0, lt=1)]
NotNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Activation = Literal["relu", "tanh", "sigmoid"]

DISK_OPTIMIZERS = {"SGD": "sgd", "Adadelta": "adadelta", "Adam": "adam"}


class Section(BaseModel):
    """Checks the keys it names; Hydra has already refused those that no yaml file has."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


class Data(Section):
    seed: Seed
    batch_size: PositiveInt


class PairsData(Data):
    train_pairs: PositiveInt
    val_pairs: PositiveInt
    test_pairs: PositiveInt
    download: bool = False


class DiskData(Data):
    train_points: Annotated[int, Field(gt=1)]  # of a single one there is no std
    val_points: PositiveInt
    test_points: PositiveInt
    standardize: bool
    shared: bool


class PairsModel(Section):
    dropout: Probability = 0
    aux_weight: NotNegative
    aux_at: Literal["logits", "features"] = "logits"
    aux_schedule: Literal["constant", "linear", "digits_first"]
    label_smoothing: Probability
    readout: Literal["head", "argmax", "bayes"]
    sharpness: Positive
    shifts: bool
    init: Literal["default", "uniform_fan_in"]


class DiskModel(Section):
    widths: Annotated[list[PositiveInt], Field(min_length=2)]
    activation: Activation
    output: Activation | None
    init: Literal["uniform_fan_in", "normal_fan_in", "xavier", "he"]
    dropout: Probability
    targets: Literal["one_hot", "zero_one", "signed"]
    threshold: float
    epochs_per_step: PositiveInt
    stop_gradient: Positive | None


class Optimizer(Section):
    lr: Positive
    momentum: Probability = 0
    weight_decay: NotNegative = 0


class Checkpoint(Section):
    every: PositiveInt


class Config(Section):
    seed: Seed
    epochs: PositiveInt
    threads: PositiveInt
    runs: PositiveInt
    resume: str | None
    fail_fast: bool
    figures: Literal["single", "always", "never"]
    tested: Literal["last", "best"] | None
    max_time: Annotated[str, Field(pattern=r"^\d+:\d{2}:\d{2}:\d{2}$")] | None
    checkpoint: Checkpoint
    optimizer: Optimizer


class PairsConfig(Config):
    data: PairsData
    model: PairsModel


class DiskConfig(Config):
    data: DiskData
    model: DiskModel


def fitting(cfg: DictConfig) -> type[Config]:
    """The schema of the experiment that model and data belong to; of one that is not known here, the common part.

    Raises:
        ValueError: data, optimizer, schedule, devices or the number of runs are not for such a model.
    """
    experiments = "pairs", "disk"
    model = next((name for name in experiments if cfg.model.module._target_.startswith(f"src.{name}.")), None)
    data = next((name for name in experiments if f"train_{'points' if name == 'disk' else name}" in cfg.data), None)
    if model is None or data is None:
        return Config
    if data != model:
        right = "data=disk" if model == "disk" else "data=mnist20k or data=mnist"
        raise ValueError(f"a {model} model doesn't learn from the data chosen: take {right}")
    if model == "disk":
        _check_disk(cfg)
        return DiskConfig
    if isinstance(cfg.runs, int) and cfg.runs > 1:
        raise ValueError(f"runs={cfg.runs}: a pairs model is trained alone; take -m 'seed=range({cfg.runs})'")
    if cfg.schedule and not cfg.schedule._target_.startswith("torch."):
        raise ValueError("a pairs model can't follow the schedule chosen: take schedule=onecycle or schedule=constant")
    return PairsConfig


def _check_disk(cfg: DictConfig) -> None:
    if cfg.optimizer._target_.split(".")[-1] not in DISK_OPTIMIZERS:
        choices = ", ".join(f"optimizer={choice}" for choice in DISK_OPTIMIZERS.values())
        raise ValueError(f"minidl, which trains disk models, hasn't got the optimizer chosen: take {choices}")
    if cfg.schedule and not cfg.schedule._target_.startswith("src.minidl."):
        raise ValueError("a disk model can't follow the schedule chosen: take schedule=cosine, linear or constant")
    if cfg.trainer.devices != 1:
        raise ValueError("a disk model is trained on one device: leave trainer.devices at 1")
