"""What a decision would run, stage by stage, and which differences it would find. Imports no torch."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..records import results
from ..report import screen
from ..report.tables import DASH, Cells
from .contest import Question
from .stages import detected
from .study import Study


def show(study: Study, question: Question, planned: Sequence[int]) -> None:
    """The stages as a table, and what all of them could cost at most."""
    groups = len(study.groups)
    print(f"{', '.join(study.groups)}: {groups} groups, in {os.path.relpath(study.folder)}")
    jobs = study.jobs(range(study.first, study.first + planned[-1]), study.groups)
    done = [job.folder for job in jobs if job.state == "completed"]
    screen.show(cells(planned, groups, study.at_once, question))
    there = f", of which {len(done)} are done" if done else ""
    seconds = [results.read(folder.result)["seconds"]["total"] for folder in done]
    lasting = ""
    if seconds:
        mean = sum(seconds) / len(seconds)
        lasting = (
            f"; of {mean:.0f} s each, the others last {(len(jobs) - len(done)) * mean / 3600:.1f} hours one by one"
        )
    print(f"{len(jobs)} runs at most{there}{lasting}. A group that is decided earlier gets no more.")


def cells(planned: Sequence[int], groups: int, at_once: int, question: Question) -> Cells:
    """A row a stage: how many seeds and runs there are until then at most, and which difference would be found."""
    found = detected(tuple(planned), question.alpha / (groups - 1), question.power)
    heading = f"found with {100 * question.power:g} % power"
    rows = [["stage", "seeds of a group", "runs at most", f"{heading} (std of differences)"]]
    for i, (seeds, effect) in enumerate(zip(planned, found, strict=True), 1):
        runs = groups * -(-seeds // at_once)
        rows.append([str(i), str(seeds), f"{runs:,}", f"{effect:.2f}" if effect < 100 else DASH])
    return rows
