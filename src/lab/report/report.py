"""A report: one row a group of runs, over its seeds, and what the differences mean. Imports no torch."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import polars as pl

from ..records.atomic import named
from ..records.curves import Band, over_seeds
from ..records.metrics import UNKNOWN, Axis
from ..records.mixed import mixed
from ..records.runs import meanings_of, objectives
from ..records.staged import staged
from . import compare, listing, screen, tables, words
from .chosen import choose, finite
from .head import head, left_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Report:
    """The tables of some runs: who is best, and against the baseline, how sure that is.

    Args:
        runs: as `load` gives them.
        metric: what is compared; None takes the objective that the runs name.
        baseline: the group that the others are compared with; None takes the best or, where no direction is better, the
            first.

    Raises:
        ValueError: there is no such metric or group, or the runs have several objectives.
    """

    def __init__(self, runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None) -> None:
        found = choose(runs, metric)
        self.runs, self.metric, self.missing = found.runs, found.metric, found.missing
        self.meanings = meanings_of(runs)
        self.meaning = self.meanings.get(self.metric, UNKNOWN)
        self.summary = finite(compare.summary(self.runs, self.metric, self.meaning, found.others()))
        self.baseline = baseline or self.summary["group"][0]
        self.differences, self.others = self.against(self.baseline), 0

    def against(self, baseline: str) -> pl.DataFrame:
        """The `compare.differences` of the other groups to one, the best of them first."""
        by_rank = self.summary.select("group").join(self.runs, on="group", maintain_order="left")
        return finite(compare.differences(by_rank, baseline, self.metric, self.meaning))

    def show(self) -> None:
        """Prints the tables, and what they mean in words; on a terminal for the groups of `head`."""
        shown = head(self) if screen.is_terminal() else self
        for cells in shown.cells():
            screen.show(cells)
        for sentence in [*shown.sentences(), *self.notes()]:
            print(tables.printable(sentence))

    def cells(self) -> list[tables.Cells]:
        """The table of the groups and, where there are several to compare, that of their differences."""
        found = [tables.summary_cells(self.summary, self.metric, self.meanings)]
        if not self.missing and len(self.differences):
            found.append(tables.difference_cells(self.differences, self.baseline, self.metric, self.meaning))
        return found

    def sentences(self) -> list[str]:
        """What the differences mean in words."""
        if self.missing:
            return [*left_out(self), self.missing]
        empty = self.summary.filter(pl.col("n") == 0)["group"].to_list()
        completed = Counter(self.runs.filter(pl.col("status") == "completed")["group"])
        said = [words.unmeasured(group, self.metric, completed[group]) for group in empty]
        told = [row for row in self.differences.iter_rows(named=True) if not {row["group"], self.baseline} & {*empty}]
        skewed = pl.col("bca_low").is_not_null()
        names = self.summary.filter(skewed)["group"].to_list()
        names += [f"{group} against {self.baseline}" for group in self.differences.filter(skewed)["group"]]
        compared = [words.sentence(row, self.baseline, self.meaning) for row in told]
        return [*left_out(self), *compared, *said, *words.skewed(names)]

    def notes(self) -> list[str]:
        """What else may be why figures differ."""
        return [*mixed(self.runs, None if self.missing else self.baseline), *staged(self.runs)]

    def write(self, folder: Path, name: str = "summary", command: str = "", paper: bool = True) -> None:
        """`summary.html`, `.csv`, `.md`, `.json` and `.png` into the folder, for each group a TensorBoard run, here and
        on the page those of `head`; for a paper, or where there is one already, `.tex` too, and the figures as `.pdf`
        and `.svg`. They name the command that makes them again.
        """
        from .written import write

        write(self, folder, name, command, paper)

    def picture(self) -> Figure:
        """Every seed, mean and interval of each group, and how they learned."""
        from .drawn import picture  # a second to import: not for those who only read

        return picture(self)

    @property
    def axis(self) -> Axis:
        return Axis(self.metric, self.meaning)

    @cached_property
    def learned(self) -> dict[str, dict[str, Band]]:
        """Of the groups of `head`: each run has a file more to read."""
        return over_seeds(head(self).runs)


def reports(runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None) -> list[Report]:
    """A report for each objective that the runs name, and one of those that name none; or a single one of the metric.

    Raises:
        ValueError: there is no such metric, or no such group.
    """
    if metric or len(named := objectives(runs)) < 2:
        return [Report(runs, metric, baseline)]
    parts = [runs.filter(pl.col("objective").eq_missing(each)) for each in (*named, None)]
    if baseline and baseline not in (groups := runs["group"].unique(maintain_order=True).to_list()):
        raise ValueError(f"there is no group {baseline!r}; there are {', '.join(sorted(groups))}")
    return [Report(part, None, baseline if baseline in part["group"] else None) for part in parts if len(part)]


def publish(
    runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None, folder: Path | None = None,
    each: bool = False, command: str = "", paper: bool = True,
) -> None:  # fmt: skip
    """Shows the `reports` of the runs, with `each` of the runs if wanted, and, where there is a folder, writes them
    there, `summary`, `summary_2`, …, see `Report.write`; shown they are also where that fails.
    """
    for i, report in enumerate(reports(runs, metric, baseline), 1):
        try:
            if folder:
                with named(folder):
                    report.write(folder, "summary" if i == 1 else f"summary_{i}", command, paper)
                    if each:
                        listing.write(report, folder, "runs" if i == 1 else f"runs_{i}")
        finally:
            report.show()
            if each:
                listing.show(report)


def again(folder: Path) -> str:
    """The command that writes the report of the runs in a folder into it, from here."""
    here = quote(os.path.relpath(folder))
    return f"python -m src.report {here} --out {here}"
