"""What has been decided so far, on the screen and in files. Imports no torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from ..records.atomic import put
from ..records.metrics import UNKNOWN, Meaning
from ..records.runs import meanings_of
from ..records.staged import IN_WORDS
from ..report import screen, tables
from ..report.publish import again
from ..report.report import Report
from . import record, words
from .contest import Contest, Question


class Decision:
    """Of some groups against a baseline.

    Args:
        folder: where the runs lie.
        baseline: what the groups are compared with.
        metric: in which.
        question: how surely it is to be decided.
    """

    def __init__(self, folder: Path, baseline: str, metric: str, question: Question) -> None:
        self.folder, self.baseline, self.metric, self.question = folder, baseline, metric, question
        self.contests: list[Contest] = []
        self.runs = pl.DataFrame()
        self.meaning: Meaning = UNKNOWN
        self.earlier: list[record.Design] = []

    @property
    def verdicts(self) -> dict[str, str]:
        """By group `better`, `worse` (or `higher`, `lower`), `within 0.2`, `undecided` or `not compared`."""
        return {each.group: words.verdict(each, self.question, self.meaning) for each in self.contests}

    def begin(self, planned: Sequence[int]) -> None:
        """Says what is about to be run, and writes down how it is looked at."""
        design = record.Design(
            self.metric, self.baseline, sorted(each.group for each in self.contests), *self.question[:3], [*planned]
        )
        self.earlier = record.begin(self.folder, design)
        groups = ", ".join(each.group for each in self.contests)
        most = f"{self.question.most} seeds at most, looked at {words.times(len(planned))}"
        screen.say(f"{groups} against {self.baseline}: {most}, in {os.path.relpath(self.folder)}")

    def take(self, runs: pl.DataFrame | None) -> pl.DataFrame:
        """The runs that there are now.

        Raises:
            ValueError: none of them has the metric.
        """
        assert runs is not None  # each job has a result, also where it failed
        self.runs = runs
        if self.metric not in runs.columns:
            why = runs["error"].drop_nulls().to_list()
            raise ValueError(f"no run has {self.metric}" + (f": {why[0]}" if why else ""))
        self.meaning = meanings_of(runs).get(self.metric, UNKNOWN)
        return runs

    def say(self, looked: Sequence[Contest], planned: Sequence[int]) -> None:
        """A line for each group that was looked at."""
        for each in looked:
            screen.say(words.line(each, self.question, planned, self.meaning))

    def end(self) -> None:
        """The tables on the screen and in files."""
        report = Report(self.runs, self.metric, self.baseline)
        record.end(self.folder, [self._row(each) for each in self.contests])  # which the report's page names
        report.write(self.folder, command=again(self.folder), paper=False)
        put(self.markdown(report), self.folder / IN_WORDS)
        for cells in self.cells(report):
            screen.show(cells)
        for sentence in self.sentences():
            screen.say(sentence)

    def cells(self, report: Report) -> list[tables.Cells]:
        """The table of the groups, and that of what was decided."""
        decided = words.cells(self.contests, self.baseline, self.metric, self.question, self.meaning)
        return [report.cells()[0], decided]

    def sentences(self) -> list[str]:
        """One for each group, what it took, and what the figures mean."""
        said = [words.sentence(each, self.baseline, self.question, self.meaning) for each in self.contests]
        return [
            *said,
            words.cost(self.runs),
            words.how(self.question),
            *words.looked_before(self.earlier, self.question),
        ]

    def markdown(self, report: Report) -> str:
        """Both tables and the sentences."""
        text = "\n".join(tables.markdown(cells) for cells in self.cells(report))
        return text + "\n" + "".join(f"- {tables.literal(sentence)}\n" for sentence in self.sentences())

    def _row(self, contest: Contest) -> dict[str, Any]:
        row: dict[str, Any] = {"group": contest.group, "verdict": self.verdicts[contest.group], "seeds": contest.seeds}
        row |= {"lost": contest.lost[0], "lost of baseline": contest.lost[1]}
        if contest.stopped or not contest.looks:
            return row | {"why": contest.stopped}
        low, high = contest.interval(self.question)
        found = contest.looks[-1]
        if found.std:
            row |= {"low": low, "high": high}
        return row | {
            "n": found.n, "difference": found.mean, "std": found.std, "p": contest.p(self.question),
            "looks": [each.n for each in contest.looks],
        }  # fmt: skip
