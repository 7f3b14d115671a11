"""What a sweep has to do: each of its jobs, and what is there of it already. Imports no torch."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from tqdm import tqdm

from .. import config
from ..places import CONF
from ..records.folder import RunFolder, state
from ..report import screen
from ..resume.given import asked_for
from .begin import go_on
from .equals import Equals

SEED = re.compile(r"seed=(0|[1-9]\d{0,8})")  # one that surely is a seed
WHAT = {"completed": "done", "new": "to run", "failed": "to run again", "interrupted": "to go on with"}


class Job(NamedTuple):
    """A run of the sweep: `state` is `new`, or the status of what its folder holds."""

    cfg: DictConfig
    folder: RunFolder
    name: str
    state: str


def plan(cfg: DictConfig, loader: ConfigLoader, overrides: Sequence[Sequence[str]]) -> list[Job]:
    """Each job once, checked before any is started.

    Args:
        cfg: the configuration of the sweep.
        loader: Hydra's, which composes those of the jobs.
        overrides: of each job.

    Raises:
        ValueError: a configuration won't do, or a folder holds another one.
    """
    if not overrides:
        raise ValueError("there is nothing to sweep over: a range or a choice is empty")
    jobs: dict[Path, Job] = {}
    equals = Equals()
    settings = [dict(override.split("=", 1) for override in each if "=" in override) for each in overrides]
    varied = [key for key in settings[0] if len({each.get(key) for each in settings}) > 1]
    checked = composed(cfg, loader, overrides)
    shown = tqdm(checked, "checking", len(overrides), leave=False, disable=None, unit="run")  # a second each, at worst
    for job, setting in zip(shown, settings, strict=True):
        place = RunFolder(job.job.folder)
        found = state(place, job)
        if found == "new" and (there := equals.of(place, job)).path != place.path:
            place, found = there, "completed"  # or planned before
        if found != "completed":
            go_on(job, place)
        name = " ".join(f"{key}={setting[key]}" for key in varied) or place.path.name
        jobs.setdefault(place.path, Job(job, place, name, found))
    return list(jobs.values())


def composed(cfg: DictConfig, loader: ConfigLoader, overrides: Sequence[Sequence[str]]) -> Iterator[DictConfig]:
    """The configuration of each job, in its folder and checked. Those that differ in their seed alone are composed and
    checked once: composing is most of the work.

    Raises:
        ValueError: one won't do.
    """
    folder = Path(cfg.hydra.sweep.dir).resolve()
    told_apart = "override_dirname" in OmegaConf.to_yaml(cfg.hydra.sweep)  # which names the seed among the others
    known: dict[tuple[str, ...], DictConfig] = {}
    for each in overrides:
        rest = tuple(override for override in each if not SEED.fullmatch(override))
        seeds = [override for override in each if SEED.fullmatch(override)]
        if new := told_apart or len(seeds) != 1 or rest not in known:
            known[rest] = loader.load_sweep_config(cfg, list(each))
            OmegaConf.set_readonly(known[rest].hydra, False)
            known[rest].hydra.sweep.dir = str(folder)
        job = deepcopy(known[rest])
        if not new:
            job.seed = int(seeds[0].removeprefix("seed="))
            job.hydra.overrides.task = list(each)
        config.settle(job, folder / job.hydra.sweep.subdir)
        if new:
            config.check(job)
        yield job


def dry_run(arguments: list[str]) -> None:
    """Says what `src.train` would do with these arguments, and does none of it: no folder is made.

    Raises:
        ValueError: a configuration won't do, or a folder holds another one.
    """
    overrides = [argument for argument in arguments if not argument.startswith("-")]
    if asked_for(overrides):
        _show_run(config.compose(*overrides))
        return
    with initialize_config_dir(str(CONF), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        cfg = loader.load_configuration("config", overrides, RunMode.MULTIRUN)
        swept = {"-m", "--multirun"} & set(arguments) or _asks_for_sweep(loader, overrides)
        jobs = plan(cfg, loader, taken_apart(cfg)) if swept else []
    if not swept:
        _show_run(config.compose(*overrides))
        return
    folder = os.path.relpath(Path(cfg.hydra.sweep.dir).resolve())
    screen.show([["run", "what", f"in {folder}"], *([job.name, WHAT[job.state], job.folder.path.name] for job in jobs)])


def taken_apart(cfg: DictConfig) -> list[list[str]]:
    """The overrides of each job of a sweep, in the order in which Hydra makes them."""
    params = [f"{key}={value}" for key, value in (cfg.hydra.sweeper.params or {}).items()]
    given: Any = OmegaConf.to_container(
        cfg.hydra.overrides.task, resolve=False
    )  # else `${seed}` were that of the sweep
    values: dict[str, list[str]] = {}
    for each in OverridesParser.create().parse_overrides([*params, *given]):
        key = each.get_key_element()
        found = each.sweep_string_iterator() if each.is_sweep_override() else [each.get_value_element_as_str()]
        values[key] = [f"{key}={value}" for value in found]
    return [list(job) for job in product(*values.values())]


def _asks_for_sweep(loader: ConfigLoader, overrides: list[str]) -> bool:
    """Whether a file that was chosen (`sweep=…`) asks for one."""
    cfg = loader.load_configuration("config", overrides, RunMode.RUN, validate_sweep_overrides=False)
    return bool(cfg.hydra.mode == RunMode.MULTIRUN)


def _show_run(cfg: DictConfig) -> None:
    what = f"to go on with from {cfg.resume}" if cfg.resume else "to run"
    print(f"{cfg.job.model} seed={cfg.seed} · {what} · {cfg.epochs} epochs, in {os.path.relpath(cfg.job.folder)}")
