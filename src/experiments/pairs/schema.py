"""What a configuration of pairs may hold: types, ranges, and which choices go together. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import PositiveInt, model_validator

from src.lab.schema import Config, Folds, NotNegative, Positive, Probability, Section, Seed, averages_weights

Readout = Literal["head", "argmax", "bayes"]

# Of torch's optimizers those that do the same with each number, whatever stands beside it.
ELEMENTWISE = (
    "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "ASGD", "NAdam", "RAdam", "RMSprop", "Rprop", "SGD",
)  # fmt: skip


class PairsData(Folds):
    pool: ClassVar[str] = "train_pairs"

    seed: Seed
    batch_size: PositiveInt
    train_pairs: PositiveInt
    val_pairs: PositiveInt
    test_pairs: PositiveInt
    download: bool = False


class PairsModel(Section):
    """The knobs of a pairs model; conf/experiments/pairs/model/base/pairs.yaml says what each is for."""

    aux_weight: NotNegative
    aux_schedule: Literal["constant", "linear", "digits_first"]
    label_smoothing: Probability
    readout: Readout
    sharpness: Positive
    shifts: bool
    init: Literal["default", "uniform_fan_in"]
    dropout: Probability = 0.0  # of the networks that have some
    aux_at: Literal["logits", "features"] = "logits"
    head_sees: Literal["probabilities", "logits"] = "probabilities"


class PairsConfig(Config):
    data: PairsData
    model: PairsModel

    @model_validator(mode="before")
    @classmethod
    def _goes_together(cls, cfg: dict[str, Any]) -> dict[str, Any]:
        if "train_pairs" not in cfg["data"]:
            raise ValueError("a pairs model doesn't learn from the data chosen: take data=mnist20k or data=mnist")
        if cfg["optimizer"] is None:
            raise ValueError("a pairs model needs an optimizer: take optimizer=adadelta, adam, adamw, momentum or sgd")
        if cfg["schedule"] and not str(cfg["schedule"]["_target_"]).startswith("torch."):
            raise ValueError(
                "a pairs model can't follow the schedule chosen: take schedule=onecycle or schedule=constant"
            )
        for complaint in _together(cfg) if cfg["runs"] != 1 else ():
            raise ValueError(f"runs={cfg['runs']}: {complaint}; take -m 'seed=range({cfg['runs']})'")
        return cfg


def _together(cfg: dict[str, Any]) -> Iterator[str]:
    """Why networks that are trained at once wouldn't be what each is alone."""
    optimizer, schedule, trainer = cfg["optimizer"]["_target_"], cfg["schedule"] or {}, cfg["trainer"]
    if optimizer not in [f"torch.optim.{name}" for name in ELEMENTWISE]:
        yield f"{optimizer} may do with one network's weights what depends on another's"
    if str(schedule.get("_target_")).endswith(".ReduceLROnPlateau"):
        yield "ReduceLROnPlateau watches a mean over the networks"
    if trainer.get("gradient_clip_val") and trainer.get("gradient_clip_algorithm") != "value":
        yield "trainer.gradient_clip_val clips by the norm of all networks' gradients together"
    if averages_weights(cfg):
        yield "averaged weights need statistics of batch normalisation anew, which Lightning takes of one network"
    if trainer["devices"] != 1:
        yield f"trainer.devices={trainer['devices']}, and several networks are trained on one device"
