"""The part of a configuration that every run has: types, ranges, and that whatever is chosen is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

MOST_SEEDS = 2**32  # numpy's are so many

Seed = Annotated[int, Field(ge=0, lt=MOST_SEEDS)]
Probability = Annotated[float, Field(ge=0, lt=1)]
NotNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]

REFERENCE = re.compile(r"\$\{(?:oc\.select:)?\s*([\w.]+)")


class Section(BaseModel):
    """Checks the keys it names; Hydra has already refused those that no yaml file has."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


class Metric(Section):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    unit: str = ""
    better: Literal["lower", "higher"] | None = None
    unlearnt: float | None = None


class Optimizer(Section):
    lr: Positive | None = None
    momentum: Probability = 0
    weight_decay: NotNegative = 0


class Folds(Section):
    """A data section that may ask for a cross-validation, see `src.lab.data.fold_indices`; a subclass says of which of
    its keys the folds are parts.
    """

    pool: ClassVar[str]

    folds: Annotated[int, Field(ge=2)] | None = None
    fold: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _has_such_a_fold(self) -> Self:
        items: int = getattr(self, self.pool)
        if self.folds is None:
            if self.fold is not None:
                raise ValueError(f"data.fold={self.fold} needs data.folds, which says how many there are")
        elif self.folds > items:
            raise ValueError(f"data.folds={self.folds} won't do: data.{self.pool}={items} are fewer")
        elif self.fold is None:
            raise ValueError(f"data.folds={self.folds} needs a fold: take -m 'data.fold=range({self.folds})'")
        elif self.fold >= self.folds:
            raise ValueError(f"data.fold={self.fold} won't do: the last of data.folds={self.folds} is {self.folds - 1}")
        return self


class Checkpoint(Section):
    every: PositiveInt


class Gpu(Section):
    share: PositiveInt = 1


class Config(Section):
    """What every configuration is checked by. An experiment's `schema` is a subclass that says more of `data`, `model`
    and the rest; validators of it may refuse what doesn't go together.
    """

    seed: Seed
    epochs: PositiveInt
    threads: PositiveInt
    runs: PositiveInt
    resume: str | None
    max_time: Annotated[str, Field(pattern=r"^\d+:\d{2}:\d{2}:\d{2}$")] | None
    monitor: str | None
    mode: Literal["min", "max"] | None
    objective: str | None
    metrics: dict[str, Metric]
    tested: Literal["last", "best"] | None
    figures: Literal["single", "always", "never"]
    checkpoint: Checkpoint
    fail_fast: bool
    gpu: Gpu = Gpu()
    trust: list[str] = []
    many: str | None = None
    optimizer: Optimizer | None

    @model_validator(mode="after")
    def _has_seeds_for_all(self) -> Self:
        if self.seed + self.runs > MOST_SEEDS:
            raise ValueError(f"seed={self.seed} won't do with runs={self.runs}: seeds end at {MOST_SEEDS - 1}")
        return self


def averages_weights(cfg: dict[str, Any]) -> bool:
    """Whether a callback is chosen that averages the weights of several epochs, of whichever of Lightning's classes."""
    return any("WeightAverag" in str(each) for each in (cfg["callbacks"] or {}).values())


def complaints(error: ValidationError) -> list[str]:
    """What is wrong, in words. A key that follows another of its name (`data.seed`) is wrong in the same way: it is
    said once.
    """
    said: dict[tuple[str, str], str] = {}
    for each in error.errors():
        if each["type"] == "value_error":  # a validator's own words
            return [str(each["ctx"]["error"])]
        key = ".".join(part for part in map(str, each["loc"]) if part.islower())
        value = "null" if each["input"] is None else each["input"]
        complaint = f"={value} won't do: it {each['msg'].removeprefix('Input ')}"
        said.setdefault((key.rpartition(".")[2], complaint), key)
    return [key + complaint for (_, complaint), key in said.items()]


def unused(cfg: DictConfig) -> Iterator[str]:
    """A sentence for each choice that nothing in the model or the data refers to, so that it would change nothing."""
    sections = {key: OmegaConf.to_container(cfg[key], resolve=False) for key in ("model", "data") if key in cfg}
    references = {found for section in sections.values() for found in _references(section)}
    roots = {reference.partition(".")[0] for reference in references}
    model = cfg.job.model
    for group in "optimizer", "schedule":
        if cfg[group] is not None and group not in roots:
            none = "optimizer=none" if group == "optimizer" else "schedule=constant"
            yield (
                f"nothing uses the {group} chosen, model={model} makes its own: take {none}, or hand it over in the "
                f"model's yaml, `{group}: ${{{group}}}`"
            )
    if isinstance(cfg.runs, int) and cfg.runs > 1 and "runs" not in roots and not cfg.get("many"):
        yield f"runs={cfg.runs}: model={model} is trained alone; take -m 'seed=range({cfg.runs})'"


def _references(node: Any) -> Iterator[str]:
    """The keys that strings anywhere below the node refer to."""
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _references(child)
    elif isinstance(node, str):
        yield from REFERENCE.findall(node)
