"""Tables over result files: one row a group of runs, over its seeds, and what the differences mean. Imports no torch.

python -m src.report <folder> …
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from . import cli, compare, results, tables
from .curves import Band, over_seeds

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def load(folders: Iterable[Path | str], where: dict[str, list[str]] | None = None) -> pl.DataFrame:
    """A row for each network trained in any run below the folders: `group`, `seed`, `status`, `error`, `parameters`,
    `epochs`, `seconds`, `folder`, and its metrics, errors in percent.

    The same seed of the same group is taken once: what is completed, else what comes first. Where two of them have
    different figures, that is said on stderr.

    Args:
        folders: of runs or sweeps, at any depth.
        where: keeps the runs whose key has one of the values: `{"model": ["basic", "ws"]}`; a key of the overrides, or
            `seed` or `status`.

    Raises:
        FileNotFoundError: there is no result file below a folder.
        ValueError: there is nothing with such a key, or nothing left.
    """
    found = [each for folder in folders for each in _read_below(Path(folder))]
    found = [(path, result) for path, result in found if _chosen(result, where or {})]
    if not found:
        asked = " and ".join(f"{key}={','.join(values)}" for key, values in (where or {}).items())
        raise ValueError(f"there is no run with {asked}")
    keys = {key for _, result in found for key in result["group"]}
    varied = {key for key in keys if len({result["group"].get(key) for _, result in found}) > 1}
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for path, result in found:
        group = label(result["group"], varied)
        common = {
            "group": group,
            "status": result["status"],
            "error": result["error"],
            "parameters": result["parameters"],
            "epochs": result["epochs"],
            "seconds": result["seconds"]["total"],
            "folder": str(path.parent),
        }
        lost = ({"seed": result["seed"] + r, "metrics": {}} for r in range(result.get("networks", 1)))
        for run in result["runs"] or lost:
            row = (
                common
                | {"seed": run["seed"]}
                | run["metrics"]
                | {key: run[key] for key in ("status", "error", "epochs") if key in run}
            )
            key = group, run["seed"]
            rows[key] = _one_of(rows[key], row) if key in rows else row
    return pl.DataFrame(list(rows.values()), infer_schema_length=None)


def label(group: dict[str, str], varied: set[str]) -> str:
    """`basic`, `basic optimizer.lr=0.1`, or `optimizer.lr=0.1` where all are the same model: what is the same in all
    groups goes without saying.
    """
    settings = [f"{key}={group[key]}" for key in group if key in varied - {"model"}]
    return " ".join(settings if settings and "model" not in varied else [group["model"], *settings])


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
            watched = {name: band for name, band in found.items() if name.partition("/")[2] in events.WATCHED}
            several = {name: band for name, band in watched.items() if np.isfinite(band.std).all()}
            if several:
                events.write_bands(folder / "tensorboard_groups" / re.sub(r"[^\w.=+-]+", "_", group), several)


def _read_below(folder: Path) -> Iterator[tuple[Path, results.Result]]:
    """A run's own folder is not searched any further."""
    found = False
    for place, folders, files in os.walk(folder):
        if results.NAME in files:
            found = True
            folders.clear()
            path = Path(place, results.NAME)
            yield path, results.read(path)
        folders.sort()
    if not found:
        raise FileNotFoundError(f"there is no {results.NAME} in {folder} or below it")


def _chosen(result: results.Result, where: dict[str, list[str]]) -> bool:
    return all(str(result["group"].get(key, result.get(key))) in values for key, values in where.items())


def _one_of(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Of two results of the same seed and group, the one to keep."""
    if first["status"] != "completed" or second["status"] != "completed":
        return second if second["status"] == "completed" else first
    if any(first.get(name) != value for name, value in second.items() if "/" in name):
        folders = f"{first['folder']} and {second['folder']}"
        print(f"{first['group']} seed={first['seed']}: {folders} differ, the first is taken", file=sys.stderr)
    return first


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
