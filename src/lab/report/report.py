"""A report: one row a group of runs, over its seeds, and what the differences mean. Imports no torch."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ..records.curves import Band, over_seeds
from ..records.metrics import UNKNOWN
from ..records.mixed import mixed
from ..records.reported import reported
from ..records.runs import listed, meanings_of, metrics_of, objectives
from . import compare, tables, words

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
        known, named = metrics_of(runs), objectives(runs)
        if metric is None and len(named) > 1:
            raise ValueError(f"the runs have several objectives, {', '.join(named)}: name one as the metric")
        self.objective = metric or next(iter(named), None)
        # Without an objective, or where no run has it, the report only shows what there is.
        self.compares = self.objective in known or bool(self.objective and not known)
        first = sorted(known, key=lambda name: not name.startswith("test/"))
        self.metric = self.objective if self.compares and self.objective else next(iter(first), "")
        if metric and known and metric not in known:
            raise ValueError(f"there is no metric {metric}; there are {', '.join(sorted(known))}")
        self.runs = runs if self.metric in known else runs.with_columns(pl.lit(None, pl.Float64).alias(self.metric))
        self.meanings = meanings_of(runs)
        self.meaning = self.meanings.get(self.metric, UNKNOWN)
        self.summary = compare.summary(self.runs, self.metric, self.meaning, self._others(known))
        self.baseline = baseline or self.summary["group"][0]
        by_rank = self.summary.select("group").join(self.runs, on="group", maintain_order="left")
        self.differences = compare.differences(by_rank, self.baseline, self.metric)

    def show(self) -> None:
        """Prints the tables, and what they mean in words."""
        for cells in self.cells():
            tables.show(cells)
        print(*self.sentences(), *mixed(self.runs), sep="\n")

    def cells(self) -> list[tables.Cells]:
        """The table of the groups and, where there are several to compare, that of their differences."""
        found = [tables.summary_cells(self.summary, self.metric, self.meanings)]
        if self.compares and len(self.differences):
            found.append(tables.difference_cells(self.differences, self.baseline, self.metric, self.meaning))
        return found

    def sentences(self) -> list[str]:
        """What the differences mean in words."""
        if not self.compares:
            why = f"no run has {self.objective}" if self.objective else "no objective is named"
            return [f"{why}, so nothing is compared: --metric NAME, or objective and metrics in a yaml"]
        return [words.sentence(row, self.baseline, self.meaning) for row in self.differences.iter_rows(named=True)]

    def write(self, folder: Path, name: str = "summary") -> None:
        """`summary.csv`, `.md`, `.json` and `.png` into the folder, and for each group a TensorBoard run of its own."""
        self.summary.write_csv(folder / f"{name}.csv")
        text = "\n".join(tables.markdown(cells) for cells in self.cells())
        text += "\n" + "".join(f"- {sentence}\n" for sentence in [*self.sentences(), *mixed(self.runs)])
        (folder / f"{name}.md").write_text(text)
        whole = {
            "metric": self.metric,
            "baseline": self.baseline,
            "summary": self.summary.to_dicts(),
            "differences": self.differences.to_dicts(),
        }
        (folder / f"{name}.json").write_text(json.dumps(whole, indent=1))
        self._draw(folder, name)

    def picture(self) -> Figure:
        """Every seed, mean and interval of each group, and how they learned."""
        from . import figures  # a second to import: not for those who only read

        curves = {group: bands[self._watched] for group, bands in self._learned.items() if self._watched in bands}
        ranked = {group: curves[group] for group in self.summary["group"] if group in curves}
        return figures.summary(self.runs, self.summary, figures.Axis(self.metric, self.meaning), ranked, self._watched)

    @cached_property
    def _learned(self) -> dict[str, dict[str, Band]]:
        return over_seeds(self.runs)

    @property
    def _watched(self) -> str:
        """The metric of the validation that was watched while the groups learned."""
        monitors: list[str] = self.runs["monitor"].drop_nulls().to_list() if "monitor" in self.runs.columns else []
        return monitors[0] if monitors else self.metric.replace("test", "val", 1)

    def _others(self, known: list[str]) -> list[str]:
        """The metrics that have a column beside the one that is compared."""
        if not self.compares:
            return [name for name in known if name != self.metric]
        theirs = [
            name for group in self.runs["group"].unique(maintain_order=True) for name in reported().get(group, {})
        ]
        shown = list(dict.fromkeys([*listed(self.runs, "shown"), *theirs]))
        return [name for name in shown if name in known and name != self.metric]

    def _draw(self, folder: Path, name: str) -> None:
        from ..dashboard import events, style
        from . import against, figures

        (folder / f"{name}.png").write_bytes(style.png(self.picture()))
        for key in against.numeric_keys(self.summary["group"]):
            figure = against.against(self.runs, self.summary, key, figures.Axis(self.metric, self.meaning))
            (folder / f"{name}_{key}.png").write_bytes(style.png(figure))
        for group, found in self._learned.items():
            bands = {name: band.of_several() for name, band in found.items()}
            several = {name: band for name, band in bands.items() if len(band.epochs)}
            if several:
                events.write_bands(folder / "tensorboard_groups" / re.sub(r"[^\w.=+-]+", "_", group), several)


def reports(runs: pl.DataFrame, metric: str | None = None, baseline: str | None = None) -> list[Report]:
    """A report for each objective that the runs name, or a single one of the metric."""
    if metric or len(named := objectives(runs)) < 2:
        return [Report(runs, metric, baseline)]
    return [Report(runs.filter(pl.col("objective") == each), None, baseline) for each in named]
