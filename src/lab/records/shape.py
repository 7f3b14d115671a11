"""The shape of a result file, for one that a person, git or a crash has changed since. Imports no torch."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from . import first_schema

MOST_NETWORKS = 1_000_000  # in a run: a row each

Status = Literal["completed", "failed", "interrupted"]
Count = Annotated[int, Field(ge=0, lt=2**63)]
Figures = dict[str, float | None]


def _with_model(group: dict[str, str]) -> dict[str, str]:
    if "model" not in group:
        raise ValueError("should name the model")
    return group


class Part(BaseModel):
    """What it doesn't name may be anything."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class Network(Part):
    seed: Count
    metrics: Figures
    epochs: Count = 0
    status: Status = "completed"
    error: str | None = None


class Seconds(Part):
    total: float | None


class Resumed(Part):
    epoch: Count
    changed: dict[str, Annotated[list[Any], Field(min_length=2, max_length=2)]]


class Before(Part):
    until: Count
    git: str | None = None
    code: str | None = None
    device: str | None = None
    processor: str | None = None
    versions: dict[str, str] | None = None


class Shape(Part):
    """Of a result of either schema: what readers rely on."""

    schema_: Literal[1, 2] = Field(alias="schema")
    status: Status
    seed: Count
    fold: Count | None = None
    note: str | None = None
    networks: Annotated[int, Field(ge=1, le=MOST_NETWORKS)] = 1
    group: Annotated[dict[str, str], AfterValidator(_with_model)]
    config_hash: str | None = None
    group_hash: str | None = None
    equal_hash: str | None = None
    parameters: Count | None = None
    epochs: Count | None = None
    objective: str | None = None
    monitor: str | None = None
    units: dict[str, str] = {}
    better: dict[str, Literal["lower", "higher"]] = {}
    unlearnt: dict[str, float] = {}
    shown: list[str] = []
    metrics: Figures
    runs: list[Network]
    seconds: Seconds
    tested_on: str | None = None
    device: str | None = None
    processor: str | None = None
    versions: dict[str, str] | None = None
    git: str | None = None
    code: str | None = None
    before: list[Before] = []
    resumed: list[Resumed] = []
    error: str | None = None


def parsed(data: bytes) -> dict[str, Any]:
    """The result in a file's bytes, as schema 2 says it.

    Raises:
        ValueError: they are no JSON in UTF-8 or, in one line, what is wrong with the first thing that is:
            `runs.0.metrics.test/loss should be a valid number`.
    """
    try:
        result: dict[str, Any] = from_json(data.removeprefix(BOM_UTF8))
        Shape.model_validate(result)
    except RecursionError as error:
        raise ValueError(error) from error
    except ValidationError as error:
        raise ValueError(complaint(error)) from None
    return first_schema.as_second(result) if result["schema"] == first_schema.SCHEMA else result


def complaint(error: ValidationError) -> str:
    """What is wrong with the first thing that is: `runs.0.metrics.test/loss should be a valid number`."""
    first = error.errors(include_url=False)[0]
    what = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return " ".join([".".join(map(str, first["loc"])), what[0].lower() + what[1:]]).strip()
