"""What is compared: the groups as they were typed, and the runs of their seeds. Imports no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.types import RunMode

from ..cli.arguments import of_each_job
from ..cli.names import near
from ..report.names import file_names
from ..resume.given import asked_for
from ..sweep import told
from ..sweep.crew import Crew
from ..sweep.plan import Job, plan, taken_apart

PLACE = "hydra.sweep.dir"
DECISIONS = Path("outputs/decisions")


class Study:
    """The groups that overrides ask for, in the order in which these name them.

    Args:
        loader: Hydra's, which composes configurations.
        overrides: as a sweep takes them: `model=a,b`. What they name once holds for all groups; a seed is the first.

    Raises:
        ValueError: there are no two groups, or something of their configurations won't do.
    """

    def __init__(self, loader: ConfigLoader, overrides: Sequence[str]) -> None:
        if asked_for(overrides):
            raise ValueError("resume= goes on with a single run: leave it out; a decision goes on by its own command")
        self.loader = loader
        asked = of_each_job(list(overrides))
        self.cfg = loader.load_configuration("config", asked, RunMode.MULTIRUN)
        told.check_launcher(self.cfg)
        found = taken_apart(self.cfg)
        if len({seed for each in found for seed in each if _key(seed) == "seed"}) > 1:
            raise ValueError("src.decide takes as many seeds as it needs: leave out seed=…, or name the first one")
        if any(_key(each) == "data.fold" for each in found[0]):
            raise ValueError(
                "folds share their training items, and can't be looked at one after another: leave them out"
            )
        self.first = int(self.cfg.seed)
        self.typed = [[each for each in group if _key(each) != "seed"] for group in found]
        jobs = self._plan([self.first], self.typed)
        if len(self.typed) < 2 or len(jobs) < len(self.typed):
            alike = "" if len(self.typed) < 2 else ", and some of these are the same"
            raise ValueError(f"two groups or more are compared: model=a,b, or any key=value,value{alike}")
        names = told.names(jobs)
        self.groups = dict(zip((names[job.folder.path] for job in jobs), self.typed, strict=True))
        self.at_once = self._same("runs", [job.cfg.runs for job in jobs])
        self.objective = self._same("objective", [job.cfg.objective for job in jobs])
        if self.objective is None:
            raise ValueError("what is compared must be named: objective=…")

    @property
    def folder(self) -> Path:
        """Where the runs lie: what `hydra.sweep.dir` says or, the same for the same groups, a place of their own."""
        return Path(self.cfg.hydra.sweep.dir).resolve()

    def baseline(self, name: str | None) -> str:
        """The group of this name, or the first one; raises ValueError where there is none of this name."""
        if name is not None and name not in self.groups:
            raise ValueError(f"there is no group {name!r}{near(name, self.groups)}")
        return name or next(iter(self.groups))

    def jobs(self, seeds: Iterable[int], groups: Iterable[str]) -> list[Job]:
        """A run of each group for these seeds, or for as many as it trains at once."""
        return self._plan(list(seeds)[:: self.at_once], [self.groups[group] for group in groups])

    def crew(self, jobs: int) -> Crew:
        """Who runs so many jobs."""
        return told.crew_for(self.cfg, jobs)

    def _plan(self, seeds: Sequence[int], groups: Sequence[Sequence[str]]) -> list[Job]:
        return plan(self.cfg, self.loader, [[*group, f"seed={seed}"] for seed in seeds for group in groups])

    def _same(self, key: str, values: Sequence[Any]) -> Any:
        if len({*values}) > 1:
            raise ValueError(f"{key} differs between the groups, {', '.join(map(str, dict.fromkeys(values)))}: set one")
        return values[0]


def in_its_place(overrides: Sequence[str]) -> list[str]:
    """The overrides with a folder for what they ask for, the same for the same, unless they name one."""
    if any(_key(each) == PLACE for each in overrides):
        return list(overrides)
    defining = sorted(each for each in overrides if not each.startswith("hydra"))
    digits = hashlib.sha256(json.dumps(defining).encode()).hexdigest()[:6]
    varied = "_".join(each.removeprefix("model=").replace(",", "_vs_") for each in overrides if "," in each)
    (name,) = file_names([f"{varied}_{digits}"]).values()
    place = QuotedString(str(DECISIONS / name), Quote.single).with_quotes()
    return [*overrides, f"{PLACE}={place}"]


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]
