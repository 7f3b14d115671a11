"""Tables over result files: one row a group of runs, and what the differences mean. Imports no torch."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from src.lab.records import results
from src.lab.records.curves import Band, over_seeds
from src.lab.records.runs import load
from src.lab.report import compare, tables

__all__ = ["Report", "load"]

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Report:
    """The tables of some runs: who is best, and against the baseline, how sure that is.

    Args:
        runs: as `load` gives them.
        metric: what is compared.
        baseline: the group that the others are compared with; None takes the best.

    Raises:
        ValueError: there is no such metric or group.
    """

    def __init__(self, runs: pl.DataFrame, metric: str = results.METRICS[0], baseline: str | None = None) -> None:
        known = [name for name in runs.columns if "/" in name]
        if known and metric not in known:
            raise ValueError(f"there is no metric {metric}; there are {', '.join(sorted(known))}")
        self.runs = runs if known else runs.with_columns(pl.lit(None, pl.Float64).alias(metric))
        self.metric = metric
        self.summary = compare.summary(self.runs, metric, tables.shown(self.runs))
        self.baseline = baseline or self.summary["group"][0]
        by_rank = self.summary.select("group").join(self.runs, on="group", maintain_order="left")
        self.differences = compare.differences(by_rank, self.baseline, metric)

    def show(self) -> None:
        """Prints the tables, and what they mean in words."""
        tables.show(tables.summary_cells(self.summary, self.metric))
        if len(self.differences):
            tables.show(tables.difference_cells(self.differences, self.baseline, self.metric))
            print(*tables.sentences(self.differences, self.baseline, self.metric), sep="\n")

    def write(self, folder: Path) -> None:
        """`summary.csv`, `.md`, `.json` and `.png` into the folder, and for each group a TensorBoard run of its own."""
        self.summary.write_csv(folder / "summary.csv")
        text = tables.markdown(tables.summary_cells(self.summary, self.metric))
        if len(self.differences):
            text += "\n" + tables.markdown(tables.difference_cells(self.differences, self.baseline, self.metric))
            said = tables.sentences(self.differences, self.baseline, self.metric)
            text += "\n" + "".join(f"- {sentence}\n" for sentence in said)
        (folder / "summary.md").write_text(text)
        whole = {
            "metric": self.metric,
            "baseline": self.baseline,
            "summary": self.summary.to_dicts(),
            "differences": self.differences.to_dicts(),
        }
        (folder / "summary.json").write_text(json.dumps(whole, indent=1))
        self._draw(folder)

    def picture(self) -> Figure:
        """Every seed, mean and interval of each group, and how they learned."""
        from src.lab.report import figures as report_figures  # a second to import: not for those who only read

        watched = self.metric.replace("test/", "val/")
        groups = [group for group in self.summary["group"] if watched in self._learned.get(group, {})]
        curves = {group: self._learned[group][watched] for group in groups}
        return report_figures.summary(self.runs, self.summary, self.metric, curves)

    @cached_property
    def _learned(self) -> dict[str, dict[str, Band]]:
        return over_seeds(self.runs)

    def _draw(self, folder: Path) -> None:
        from src.lab.dashboard import events, style
        from src.lab.report import figures as report_figures

        (folder / "summary.png").write_bytes(style.png(self.picture()))
        for key in report_figures.numeric_keys(self.summary["group"]):
            figure = report_figures.against(self.runs, self.summary, key, self.metric)
            (folder / f"summary_{key}.png").write_bytes(style.png(figure))
        for group, found in self._learned.items():
            watched = {name: band for name, band in found.items() if name.partition("/")[2] in events.TITLES}
            several = {name: band for name, band in watched.items() if np.isfinite(band.std).all()}
            if several:
                events.write_bands(folder / "tensorboard_groups" / re.sub(r"[^\w.=+-]+", "_", group), several)
