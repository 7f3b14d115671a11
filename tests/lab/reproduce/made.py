"""Jobs that have been run, for tests of what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from src.lab.records.folder import RunFolder
from src.lab.sweep.plan import Job
from tests.lab.records.written import write


def job(folder: Path, seed: int, metrics: dict[str, float] | None, *overrides: str, **changes: Any) -> Job:
    """A job of the model `net` that came to these metrics, told by these overrides."""
    typed = dict(override.split("=", 1) for override in overrides)
    place = write(folder, "net", seed, metrics, group=typed, **changes)
    said = {"model": "net", "overrides": ["model=net", *overrides, f"seed={seed}"]}
    cfg = OmegaConf.create({"seed": seed, "epochs": 25, "job": said})
    return Job(cfg, RunFolder(place), f"seed={seed}", "completed")
