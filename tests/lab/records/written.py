"""Result files as runs write them, of both schemas, for tests that read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from src.lab.records import results

Said = Mapping[str, Mapping[str, Any]]  # by metric: what `metrics` in a configuration says of it

OBJECTIVE = "test/miss"
SAID: Said = {OBJECTIVE: {"better": "lower", "unit": "%"}}


def write(
    folder: Path,
    model: str,
    seed: int,
    metrics: Mapping[str, float | None] | float | None,
    *,
    said: Said = SAID,
    objective: str | None = OBJECTIVE,
    group: Mapping[str, str] | None = None,
    **changes: Any,
) -> Path:
    """Writes a result into a folder of its own below `folder`, and returns that. `metrics` may be a number, which is
    that of the objective, or None of a run that failed; `group` is what tells its group apart beside the model, and
    `changes` are made to the other entries of the file.
    """
    figures = {str(objective): metrics} if isinstance(metrics, float) else dict(metrics or {})
    names = figures if metrics is not None else {str(objective): None}
    result: dict[str, Any] = {
        "schema": 2,
        "status": "failed" if metrics is None else "completed",
        "model": model,
        "seed": seed,
        "networks": 1,
        "group": {"model": model, **(group or {})},
        "parameters": 10,
        "epochs": 25,
        "objective": objective,
        "monitor": objective and objective.replace("test", "val"),
        "units": {name: said[name]["unit"] for name in names if said.get(name, {}).get("unit")},
        "better": {name: said[name]["better"] for name in names if said.get(name, {}).get("better")},
        "unlearnt": {name: said[name]["unlearnt"] for name in names if "unlearnt" in said.get(name, {})},
        "shown": [name for name in said if name in names],
        "metrics": figures,
        "runs": [] if metrics is None else [{"seed": seed, "metrics": figures, "epochs": 25}],
        "seconds": {"fit": 1.0, "total": 2.0},
        "error": "ValueError: why" if metrics is None else None,
    }
    return _into(folder, result | changes)


def write_first(folder: Path, model: str, seed: int, error: float | None, **changes: Any) -> Path:
    """The same of schema 1, whose runs recorded an accuracy beside each error, and nothing of what they mean."""
    figures = {} if error is None else {"test/error": error, "test/accuracy": 100 - error, "test/loss": error / 50}
    result: dict[str, Any] = {
        "schema": 1,
        "status": "failed" if error is None else "completed",
        "model": model,
        "seed": seed,
        "networks": 1,
        "overrides": [f"model={model}", f"seed={seed}"],
        "group": {"model": model},
        "config_hash": "0123456789ab",
        "parameters": 10,
        "epochs": 25,
        "metrics": figures,
        "runs": [] if error is None else [{"seed": seed, "metrics": figures, "epochs": 25}],
        "seconds": {"fit": 1.0, "total": 2.0},
        "device": "cpu",
        "versions": {},
        "git": None,
        "error": "ValueError: why" if error is None else None,
    }
    return _into(folder, result | changes)


def _into(folder: Path, result: dict[str, Any]) -> Path:
    place: Path = folder / "_".join([*result["group"].values(), str(result["seed"])])
    results.write(result, place)
    return place
