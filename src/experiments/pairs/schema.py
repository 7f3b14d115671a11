"""What a configuration of pairs may hold: types, ranges, and which choices go together. Imports no torch."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import PositiveInt, model_validator

from src.lab.schema import Config, Folds, NotNegative, Positive, Probability, Section, Seed

Readout = Literal["head", "argmax", "bayes"]


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
        return cfg
