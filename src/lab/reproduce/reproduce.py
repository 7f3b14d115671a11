"""The whole story of a reproduction: what is asked for is trained, measured and put on a page. Imports no torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from ..records.folder import locked
from ..records.reported import EXPERIMENTS
from ..report import screen, tables
from ..sweep.plan import Job
from ..sweep.sweep import carry_out
from . import outcome, page, readme
from .asked import Asked, Wanted, asked, chosen, crew_for, is_hydras
from .outcome import Outcome


def reproduce(
    names: Sequence[str],
    folder: Path,
    quick: bool = False,
    seeds: int | None = None,
    overrides: Sequence[str] = (),
) -> bool:
    """Trains what is reported, goes on where that was stopped, and writes a page; says whether every figure that is
    reported was measured.

    Args:
        names: of sources or of experiments; none means all.
        folder: of the page, in which the runs lie too. What is asked for otherwise than the sources say (the following
            arguments) has a page of its own in a folder of its own below.
        quick: a few seeds, and fewer epochs in the parts that say so.
        seeds: in the place of those of the sweeps.
        overrides: of every run.

    Raises:
        RuntimeError: another process is at work in the folder.
        ValueError: nobody reports something of such a name, or a configuration won't do.
    """
    sources = chosen(names)
    wanted = Wanted((folder / "runs").resolve(), quick, seeds, overrides)
    place = folder / variant(wanted)
    titles = dict.fromkeys(source.title or name for _, name, source in sources)
    print(f"{'; '.join(titles)}: what there is to do is looked through", flush=True)
    found: list[Asked] = []
    outcomes: list[Outcome] = []

    def jobs() -> list[Job]:
        found.extend(asked(sources, wanted))
        return together(found)

    def conclude() -> None:
        outcomes.extend(outcome.record(each, wanted, place) for each in found)
        page.write(place)

    with locked(folder):
        carry_out(jobs, crew_for(sources, wanted), wanted.folder, False, conclude)
    show(outcomes)
    if place == folder:
        rewrite(outcomes)
    print(f"{page.counted(outcomes)}; {os.path.relpath(place / 'index.html')} shows them with their figures")
    return not any("missing" in each["verdicts"] for each in outcomes)


def together(found: Sequence[Asked]) -> list[Job]:
    """The jobs of all parts, each once, those of the most epochs first: they tend to last longest, and would be waited
    for at the end.
    """
    named = {
        job.folder.path: job._replace(name=f"{part.sweep or each.name} {job.name}")
        for each in found
        for part, jobs in zip(each.source.parts, each.jobs, strict=True)
        for job in jobs
    }
    return sorted(named.values(), key=lambda job: -job.cfg.epochs)


def variant(wanted: Wanted) -> str:
    """The folder of what isn't what the sources say: `quick`, `seeds3`, some digits of the overrides' hash."""
    other = sorted(each for each in wanted.overrides if not is_hydras(each))
    digits = hashlib.sha256(" ".join(other).encode()).hexdigest()[:6]
    parts = ["quick"] * wanted.quick, [f"seeds{wanted.seeds}"] * bool(wanted.seeds), [digits] * bool(other)
    return "_".join(part for each in parts for part in each)


def show(outcomes: Sequence[Outcome]) -> None:
    """The tables on the screen."""
    for each in outcomes:
        print("\n" + tables.printable(" · ".join(filter(None, [each["title"], page.label(each)]))))
        for part in each["parts"]:
            for cells in part["tables"]:
                screen.show(cells)
            for sentence in [*part["sentences"], *part["notes"]]:
                screen.say(sentence)


def rewrite(outcomes: Sequence[Outcome]) -> None:
    """Puts the tables of what was measured as a whole into the experiments' READMEs."""
    whole = [each for each in outcomes if "missing" not in each["verdicts"]]
    for experiment in dict.fromkeys(each["experiment"] for each in whole):
        own = EXPERIMENTS / experiment
        if readme.update(own, [each for each in whole if each["experiment"] == experiment]):
            print(f"{os.path.relpath(own / 'README.md')} has these tables now")
