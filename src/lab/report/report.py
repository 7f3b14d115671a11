"""A report: one row a group of runs, over its seeds, and what the differences mean. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ..records.curves import Band, over_seeds
from ..records.metrics import UNKNOWN, Axis
from ..records.mixed import mixed
from ..records.runs import meanings_of
from ..records.staged import staged
from . import compare, lost, screen, tables, words
from .chosen import choose, finite
from .head import head, left_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Report:
    """The tables of some runs: who is best, and against the baseline, how sure that is.

    Args:
        runs: as `load` gives them.
        metric: what is compared; None takes the objective that the runs name.
        baseline: the group that the others are compared with; None takes `compare.reference`.
        data: what the runs are trained on, to be said in the tables; None where there is no other.

    Raises:
        ValueError: there is no such metric or group, or the runs have several objectives.
    """

    def __init__(
        self, runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None, data: str | None = None
    ) -> None:
        found = choose(runs, metric)
        self.runs, self.metric, self.missing = found.runs, found.metric, found.missing
        self.meanings = meanings_of(runs)
        self.settings = dict(runs.select("group", "settings").iter_rows()) if "settings" in runs.columns else {}
        self.meaning = self.meanings.get(self.metric, UNKNOWN)
        self.summary = finite(compare.summary(self.runs, self.metric, self.meaning, found.others()))
        self.data = data
        self.baseline = baseline or compare.reference(self.summary)
        self.differences, self.others = self.against(self.baseline), 0

    def against(self, baseline: str) -> pl.DataFrame:
        """The `compare.differences` of the other groups to one, the best of them first."""
        by_rank = self.summary.select("group").join(self.runs, on="group", maintain_order="left")
        return finite(compare.differences(by_rank, baseline, self.metric, self.meaning))

    def show(self) -> None:
        """Prints the tables, and what they mean in words; on a terminal for the groups of `head`."""
        shown = head(self) if screen.is_terminal() else self
        headings = [name for cells in shown.cells() for name in screen.show(cells)]
        for sentence in [*shown.sentences(), *self.notes(headings)]:
            screen.say(sentence)

    def cells(self) -> list[tables.Cells]:
        """The table of the groups and, where there are several to compare, that of their differences."""
        found = [tables.summary_cells(self.summary, self.metric, self.meanings, self.settings)]
        found[0][0][0] += f", on {self.data}" if self.data else ""
        if not self.missing and len(self.differences):
            found.append(tables.difference_cells(self.differences, self.baseline, self.metric, self.meaning))
        return found

    def sentences(self) -> list[str]:
        """What the differences mean in words."""
        if self.missing:
            return [*left_out(self), self.missing]
        empty = self.summary.filter(pl.col("n") == 0)["group"].to_list()
        ways = lost.ways(self.runs.filter(pl.col("group").is_in(empty)), self.metric)
        counts = {group: lost.count(ways.filter(pl.col("group") == group)) for group in empty}
        said = [words.unmeasured(group, self.metric, counts[group]) for group in empty]
        told = [row for row in self.differences.iter_rows(named=True) if not {row["group"], self.baseline} & {*empty}]
        skewed = pl.col("bca_low").is_not_null()
        names = self.summary.filter(skewed)["group"].to_list()
        names += [f"{group} against {self.baseline}" for group in self.differences.filter(skewed)["group"]]
        compared = [words.sentence(row, self.baseline, self.meaning) for row in told]
        if decided := staged(self.runs):
            compared = [f"for a fixed number of seeds: {each}" for each in compared]
        return [*left_out(self), *decided, *compared, *said, *words.skewed(names)]

    def notes(self, shown: Sequence[str] | None = None) -> list[str]:
        """What else may be why figures differ, and how the tables are to be read of which these headings are shown;
        None are all.
        """
        if self.missing:
            return mixed(self.runs, None)
        headings = [name for cells in self.cells() for name in cells[0]] if shown is None else shown
        told = words.legend(self.summary, self.differences, self.baseline, self.meaning.better, headings)
        return [*mixed(self.runs, self.baseline), *told]

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
