"""What is to be reproduced: which reports of which experiments, and what is trained for each part. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import DictConfig

from ..places import CONF
from ..records.groups import spelt
from ..records.reported import NAME, Part, Source, sources
from ..records.signature import grouping
from ..sweep import told
from ..sweep.crew import Crew
from ..sweep.plan import Job, plan, taken_apart

SEEDS = 10  # of a part that names no sweep
QUICK = 3  # seeds, where a quick look is wanted
MOST = 10_000  # jobs: whoever runs them has no more workers than it is told to have


class Wanted(NamedTuple):
    """How much is trained.

    Attributes:
        folder: of the runs.
        quick: a few seeds, and fewer epochs in the parts that say so.
        seeds: None takes those of the sweeps.
        overrides: of every run.
    """

    folder: Path
    quick: bool = False
    seeds: int | None = None
    overrides: Sequence[str] = ()


class Asked(NamedTuple):
    """A source of an experiment, and the jobs of each of its parts."""

    experiment: str
    name: str
    source: Source
    jobs: list[list[Job]]


def chosen(names: Sequence[str]) -> list[tuple[str, str, Source]]:
    """The sources of these names or of experiments of these names, in the order of their names: experiment, name,
    source. Where no name is given, all but those that want to be named.

    Raises:
        ValueError: there is none of such a name.
    """
    known = [(experiment, name, source) for experiment, each in sources().items() for name, source in each.items()]
    if unknown := {*names} - {name for experiment, short, _ in known for name in (experiment, short)}:
        there = ", ".join(dict.fromkeys([*(name for _, name, _ in known), *(name for name, _, _ in known)]))
        where = f"there are {there}" if there else f"write src/experiments/…/{NAME}"
        raise ValueError(f"nobody is known to report {', '.join(sorted(unknown))}: {where}")
    if not known:
        raise ValueError(f"nothing is reported of any experiment: write src/experiments/…/{NAME}")
    wanted = [each for each in known if {each[0], each[1]} & {*names} or not (names or each[2].by_name)]
    return sorted(wanted, key=lambda each: (each[1], each[2].title, each[0]))


def asked(chosen: Iterable[tuple[str, str, Source]], wanted: Wanted) -> list[Asked]:
    """What is trained for each of the sources.

    Raises:
        ValueError: a configuration won't do, or a row is of nothing that is trained.
    """
    found = []
    with initialize_config_dir(str(CONF), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        for experiment, name, source in chosen:
            jobs = [_jobs(loader, part, wanted) for part in source.parts]
            for part, of_part in zip(source.parts, jobs, strict=True):
                for group in (*part.rows, *(each for panel in part.figures for each in panel.of)):
                    if not members(group, of_part):
                        raise ValueError(f"{experiment}/{NAME}: {name} names {group}, and sweep={part.sweep} has none")
            found.append(Asked(experiment, name, source, jobs))
    return found


def crew_for(chosen: Sequence[tuple[str, str, Source]], wanted: Wanted) -> Crew:
    """Who runs the jobs, as the launcher says.

    Raises:
        ValueError: the launcher has no crew: it is none of this project's.
    """
    with initialize_config_dir(str(CONF), version_base="1.3"):
        cfg = _master(GlobalHydra.instance().config_loader(), chosen[0][2].parts[0], wanted)
    return told.crew_for(cfg, MOST)


def command(part: Part) -> str:
    """What trains the part alone."""
    return f"python -m src.train {' '.join(_sweep(part))}"


def members(group: str, jobs: Iterable[Job]) -> list[Job]:
    """The jobs of a group as a row names it: `model`, or `model key=value …`."""
    model, *settings = group.split()
    wanted = {key: spelt(value) for key, _, value in (setting.partition("=") for setting in settings)}
    found = []
    for job in jobs:
        typed = grouping(list(job.cfg.job.overrides))
        if job.cfg.job.model == model and all(spelt(typed.get(key, "")) == value for key, value in wanted.items()):
            found.append(job)
    return found


def _sweep(part: Part) -> list[str]:
    models = ",".join(dict.fromkeys(group.split()[0] for group in part.rows))
    return [f"sweep={part.sweep}"] if part.sweep else ["-m", f"model={models}", f"'seed=range({SEEDS})'"]


def _master(loader: ConfigLoader, part: Part, wanted: Wanted) -> DictConfig:
    """The configuration of a part's sweep."""
    own = [word.strip("'") for word in _sweep(part) if word != "-m"]
    given = [*own, f"hydra.sweep.dir={wanted.folder}", *filter(is_hydras, wanted.overrides)]
    seeds = wanted.seeds or (QUICK if wanted.quick else None)
    cfg = loader.load_configuration("config", given, RunMode.MULTIRUN)
    if seeds is None:
        return cfg
    named = {*(cfg.hydra.sweeper.params or {}), *(each.partition("=")[0] for each in own)}
    few = [f"seed=range({seeds})"] if "seed" in named else [f"runs={seeds}"] if cfg.runs > 1 else []
    return loader.load_configuration("config", [*given, *few], RunMode.MULTIRUN)


def _jobs(loader: ConfigLoader, part: Part, wanted: Wanted) -> list[Job]:
    """What is set of every run may be a key that the sweep's models alone have: it is set of each of its jobs."""
    master = _master(loader, part, wanted)
    more = [*(part.quick if wanted.quick else []), *(each for each in wanted.overrides if not is_hydras(each))]
    keys = {each.partition("=")[0] for each in more}
    jobs = [[each for each in job if each.partition("=")[0] not in keys] + more for job in taken_apart(master)]
    return plan(master, loader, jobs)


def is_hydras(override: str) -> bool:
    return override.startswith("hydra")
