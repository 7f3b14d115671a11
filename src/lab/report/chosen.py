"""Which metric of some runs is compared, or why none is. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from ..records.reported import reported
from ..records.runs import listed, metrics_of, objectives
from .compare import completed


class Chosen(NamedTuple):
    """What there is to compare.

    Attributes:
        runs: with null in the place of what is not a finite number, and a column for the metric in any case.
        metric: that tables are sorted by.
        measured: the metrics that some completed run has.
        missing: why nothing is compared, and the tables only show what there is; None where the metric is.
    """

    runs: pl.DataFrame
    metric: str
    measured: list[str]
    missing: str | None

    def others(self) -> list[str]:
        """The metrics that have a column beside the one that is compared."""
        if self.missing:
            return [name for name in self.measured if name != self.metric]
        trained = self.runs["settings"].unique(maintain_order=True) if "settings" in self.runs.columns else pl.Series()
        stated = (name for settings in trained for name in reported().get(settings, {}))
        shown = dict.fromkeys([*listed(self.runs, "shown"), *stated])
        return [name for name in shown if name in self.measured and name != self.metric]


def choose(runs: pl.DataFrame, metric: str | None) -> Chosen:
    """The metric or, with None, the objective that the runs name.

    Raises:
        ValueError: there is no such metric, or the runs have several objectives.
    """
    known, named = metrics_of(runs), objectives(runs)
    if metric is None and len(named) > 1:
        raise ValueError(f"the runs have several objectives, {', '.join(named)}: name one as the metric")
    if metric and known and metric not in known:
        raise ValueError(f"there is no metric {metric}; there are {', '.join(sorted(known))}")
    runs = finite(runs, known)
    measured = [name for name in known if len(completed(runs, name))]
    wanted = metric or next(iter(named), None)
    shown = sorted(measured, key=lambda name: not name.startswith("test/"))
    found = wanted if wanted and (wanted in measured or not measured) else next(iter(shown), "")
    if found not in known:
        runs = runs.with_columns(pl.lit(None, pl.Float64).alias(found))
    return Chosen(runs, found, measured, None if wanted in measured else _why(wanted, known, runs))


def finite(table: pl.DataFrame, columns: Iterable[str] | None = None) -> pl.DataFrame:
    """With null in the place of what is not a finite number, in these columns, or in all that hold any."""
    names = table.select(pl.selectors.float()).columns if columns is None else columns
    figures = {name: pl.col(name).cast(pl.Float64, strict=False) for name in names}
    return table.with_columns(pl.when(each.is_finite()).then(each).alias(name) for name, each in figures.items())


def _why(wanted: str | None, known: list[str], runs: pl.DataFrame) -> str:
    if "completed" not in runs["status"]:
        return "no run is completed, so nothing is compared"
    if wanted in known:
        return f"{wanted} is not a number in any completed run, so nothing is compared"
    why = f"no run has {wanted}" if wanted else "no objective is named"
    return f"{why}, so nothing is compared: --metric NAME, or objective and metrics in a yaml"
