"""The whole story of a decision: seeds in stages, a look after each, and nobody gets more than it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

from .. import config  # noqa: F401 - where Hydra finds the project's launchers
from ..places import CONF
from ..records.folder import locked
from ..sweep.plan import Job
from ..sweep.sweep import carry_out
from ..sweep.told import runs_of
from . import ahead
from .contest import Contest, Question, judge
from .decision import Decision
from .paired import paired
from .stages import stages
from .study import Study, in_its_place


def decide(
    *overrides: str,
    baseline: str | None = None,
    margin: float | None = None,
    most: int = 200,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Decision:
    """Runs as many seeds as it takes to tell groups from a baseline, and says what it does as it goes. The same call
    goes on where it was stopped.

    Args:
        overrides: as a sweep takes them: `"model=a,b"`. A single `seed=100` is the first one.
        baseline: the name of the group that the others are compared with; None takes the first.
        margin: a difference that is smaller doesn't matter, in the unit of the objective: who surely lies within it is
            decided too.
        most: seeds of a group, after which it stays undecided.
        alpha: how likely, over all looks and groups, one is declared to differ that does not.
        power: with which the number of seeds that is foreseen would find a difference as large as the measured one.

    Raises:
        RuntimeError: another process is at work in the folder.
        ValueError: a configuration or a number won't do, the groups have nothing to compare, or no such baseline.
    """
    with _study(overrides) as study:
        question = Question(margin, most, alpha, power).checked()
        planned = stages(most, study.at_once)
        found = Decision(study.folder, study.baseline(baseline), study.objective, question._replace(most=planned[-1]))
        found.contests = [Contest(group) for group in study.groups if group != found.baseline]
        with locked(study.folder):
            found.begin(planned)
            _carry_on(study, found, planned)
            found.end()
    return found


@contextmanager
def _study(overrides: tuple[str, ...]) -> Iterator[Study]:
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield Study(GlobalHydra.instance().config_loader(), in_its_place(overrides))


def _carry_on(study: Study, found: Decision, planned: tuple[int, ...]) -> None:
    """A stage after the other, until nobody is undecided."""
    jobs: list[Job] = []
    for before, seeds in pairwise((0, *planned)):
        left = [contest for contest in found.contests if not contest.ended]
        if not left:
            return
        groups = [found.baseline, *(contest.group for contest in left)]
        new = study.jobs(range(study.first + before, study.first + seeds), groups)
        failed = carry_out(partial(list, new), study.crew(len(new)), study.folder, study.cfg.fail_fast, lines=False)
        if failed and study.cfg.fail_fast:
            raise RuntimeError(f"fail_fast: {failed[0]}")
        jobs += new
        runs = found.take(runs_of(jobs))
        judge(found.contests, paired(runs, left, found.baseline, found.metric, seeds), found.question)
        found.say(left, planned)


def dry_run(*overrides: str, baseline: str | None, **question: Any) -> None:
    """Says what `decide` would do with the same arguments, stage by stage, and does none of it."""
    with _study(overrides) as study:
        asked = Question(**question).checked()
        study.baseline(baseline)
        ahead.show(study, asked, stages(asked.most, study.at_once))
