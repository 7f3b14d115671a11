"""Groups over several tasks or data sets: a column for each, and figures over all of them. Imports no torch."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from ...records.metrics import UNKNOWN, Axis
from ...records.runs import meanings_of
from ...records.setting import ALL, by_setting, in_order
from ..chosen import choose
from ..compare import completed
from ..significance import Values
from ..tables import Cells
from . import notes, tables, words
from .aggregates import Scores, improvement, levels, whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Over:
    """What is compared in rows, the values of a setting in columns: the tasks. Figures over all of the tasks are only
    made of rows that have them all.

    Args:
        runs: as `load` gives them.
        key: of the setting, `data` or `data.noise`.
        metric: what is compared; None takes the objective that the runs name.
        baseline: the row that the others are compared with; None takes the best by IQM or, where no direction is
            better, the first.

    Raises:
        ValueError: there is no such metric or row, or no row has several values of the setting.
    """

    name = "over"

    def __init__(self, runs: pl.DataFrame, key: str, metric: str | None = None, baseline: str | None = None) -> None:
        found = choose(runs, metric)
        if found.missing:
            raise ValueError(found.missing)
        self.key, self.metric, self.runs = key, found.metric, by_setting(found.runs, key)
        self.meaning = meanings_of(runs).get(self.metric, UNKNOWN)
        self.scores: dict[str, dict[str, Values]] = {}  # by row and task
        for (row, task), part in completed(self.runs, self.metric).group_by("rest", "setting", maintain_order=True):
            if task is not None:
                self.scores.setdefault(str(row), {})[str(task)] = part[self.metric].to_numpy()
        self.tasks = in_order([*dict.fromkeys(task for own in self.scores.values() for task in own)])
        if {*self.scores} == {ALL}:
            raise ValueError(notes.all_apart(key))
        if all(len(own) < 2 for own in self.scores.values()):
            raise ValueError(notes.not_several(self.runs, key))
        self.levels = levels([each for own in self.scores.values() for each in own.values()])
        pooled = {
            row: Scores([own[task] for task in self.tasks])
            for row, own in self.scores.items()
            if len(own) == len(self.tasks)
        }
        above = self.meaning.better != "lower"
        self.whole = {row: whole(scores, self.levels, above) for row, scores in pooled.items()}
        if self.meaning.better:
            best_first = sorted(self.whole, key=lambda row: float(self.whole[row].iqm.value), reverse=above)
            self.whole = {row: self.whole[row] for row in best_first}
        self.baseline = baseline or next(iter(self.whole), None)
        if self.baseline is not None and self.baseline not in pooled:
            raise ValueError(f"{baseline!r} is no row with all of {key}; there are {', '.join(self.whole) or 'none'}")
        self.ahead = {  # the probability that the baseline is better than each other row, on the same task
            row: improvement(pooled[self.baseline], pooled[row], above)
            for row in self.whole
            if self.baseline is not None and row != self.baseline and self.meaning.better
        }

    @cached_property
    def table(self) -> pl.DataFrame:
        """As `tables.table` has it."""
        return tables.table(self)

    def cells(self) -> list[Cells]:
        return [tables.cells(self, self.table)]

    def sentences(self) -> list[str]:
        """Which is best and how sure that is; then what is not as it should be."""
        return [*words.sentences(self), *notes.sentences(self)]

    def details(self) -> dict[str, Any]:
        """For the JSON file: the table and the profiles."""
        profiles = {}
        for row, each in self.whole.items():
            ends = {end: values.tolist() for end, values in each.profile._asdict().items() if np.isfinite(values).all()}
            profiles[row] = ends
        said = {"metric": self.metric, "over": self.key, "tasks": self.tasks, "baseline": self.baseline}
        return said | {"table": self.table.to_dicts(), "levels": self.levels.tolist(), "profiles": profiles}

    def pictures(self) -> dict[str, Figure]:
        from .profiles import profiles  # a second to import: not for those who only read

        if not self.whole:
            return {}
        rows = {row: each.profile for row, each in self.whole.items()}
        return {"summary_profiles": profiles(rows, self.levels, Axis(self.metric, self.meaning), len(self.tasks))}
