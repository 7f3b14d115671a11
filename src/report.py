"""Tables over result files: one row a group of runs, over its seeds, and what the differences mean. Imports no torch.

python -m src.report <folder> …
"""

from __future__ import annotations

import argparse
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from . import cli, compare, results, tables
from .curves import Band, over_seeds
from .runs import load

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
        from .dashboard import report_figures  # a second to import: not for those who only read

        watched = self.metric.replace("test/", "val/")
        groups = [group for group in self.summary["group"] if watched in self._learned.get(group, {})]
        curves = {group: self._learned[group][watched] for group in groups}
        return report_figures.summary(self.runs, self.summary, self.metric, curves)

    @cached_property
    def _learned(self) -> dict[str, dict[str, Band]]:
        return over_seeds(self.runs)

    def _draw(self, folder: Path) -> None:
        from .dashboard import events, report_figures, style

        (folder / "summary.png").write_bytes(style.png(self.picture()))
        for key in report_figures.numeric_keys(self.summary["group"]):
            figure = report_figures.against(self.runs, self.summary, key, self.metric)
            (folder / f"summary_{key}.png").write_bytes(style.png(figure))
        for group, found in self._learned.items():
            watched = {name: band for name, band in found.items() if name.partition("/")[2] in events.TITLES}
            several = {name: band for name, band in watched.items() if np.isfinite(band.std).all()}
            if several:
                events.write_bands(folder / "tensorboard_groups" / re.sub(r"[^\w.=+-]+", "_", group), several)


def _condition(text: str) -> tuple[str, list[str]]:
    key, equals, values = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text}: write key=value, or key=value,value")
    return key, values.split(",")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.report", description="One row a group of runs, over its seeds."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="folder", help="of runs or sweeps, at any depth")
    parser.add_argument("--metric", default=results.METRICS[0], help="what is compared and sorted by (%(default)s)")
    parser.add_argument("--baseline", metavar="GROUP", help="compare every group with this one instead of the best")
    parser.add_argument(
        "--where", nargs="+", type=_condition, default=[], metavar="KEY=VALUE,…", help="only such runs: model=basic,ws"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write summary.csv, .md, .json and .png there")
    with cli.one_line_errors():
        arguments = parser.parse_args()
        runs = load(arguments.folders, dict(arguments.where))
        report = Report(runs, arguments.metric, arguments.baseline)
        report.show()
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            report.write(arguments.out)


if __name__ == "__main__":
    main()
