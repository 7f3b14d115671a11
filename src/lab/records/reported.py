"""What others report of the models of an experiment: its `reported.yaml`. Imports no torch."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from omegaconf import OmegaConf

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


class Figure(NamedTuple):
    """A mean that somebody reports, and a std where they give one."""

    mean: float
    std: float | None = None


@cache
def reported() -> dict[str, dict[str, Figure]]:
    """By model and metric, from the `reported.yaml` of every experiment; `source` there says who reports it."""
    found: dict[str, dict[str, Figure]] = {}
    for path in sorted(EXPERIMENTS.glob("*/reported.yaml")):
        entries: Any = OmegaConf.to_container(OmegaConf.load(path))
        for model, said in entries.items():
            found[model] = {name: Figure(*values) for name, values in said.items() if name != "source"}
    return found
