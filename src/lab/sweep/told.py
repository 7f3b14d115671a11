"""What came of jobs, in groups by what they were told; and who runs them. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from hydra.utils import instantiate
from omegaconf import DictConfig

from ..records.groups import label, spelt
from ..records.runs import load
from ..records.signature import grouping
from .crew import Crew
from .plan import Job

OURS = "hydra_plugins.lab."  # launchers that have crews


def names(jobs: Iterable[Job]) -> dict[Path, str]:
    """What the group of each job is called, by its folder: the settings that it was told, as far as they tell groups
    apart.
    """
    told = {job.folder.path: {"model": job.cfg.job.model} | grouping(list(job.cfg.job.overrides)) for job in jobs}
    keys = dict.fromkeys(key for each in told.values() for key in each)
    varied = {key for key in keys if len({spelt(each.get(key, "")) for each in told.values()}) > 1}
    return {folder: label({key: each[key] for key in keys if key in each}, varied) for folder, each in told.items()}


def runs_of(jobs: Iterable[Job]) -> pl.DataFrame | None:
    """What came of the jobs, as `load` gives it, in groups by what these jobs were told: another sweep may have run
    some of them, told otherwise. None where nothing came of them.
    """
    there = [job for job in jobs if job.folder.result.is_file()]
    if not there:
        return None
    called = {str(folder): name for folder, name in names(there).items()}
    return load(called).with_columns(pl.col("folder").replace_strict(called).alias("group"))


def check_launcher(cfg: DictConfig) -> None:
    """Raises ValueError where the launcher of the configuration has no crew: it is none of this project's."""
    if not cfg.hydra.launcher._target_.startswith(OURS):
        raise ValueError(f"hydra/launcher={cfg.hydra.runtime.choices['hydra/launcher']} can't be used here")


def crew_for(cfg: DictConfig, jobs: int) -> Crew:
    """Who runs so many jobs, as the launcher says; raises what `check_launcher` does."""
    check_launcher(cfg)
    crew: Crew = instantiate(cfg.hydra.launcher).crew(jobs)
    return crew
