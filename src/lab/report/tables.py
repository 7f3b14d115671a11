"""Figures as people read them: cells, on the screen or as Markdown. Imports no torch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl
from omegaconf import OmegaConf

from src.lab.records import results
from src.lab.report import compare

REPORTED = Path(__file__).with_name("reported.yaml")
DASH = "–"

LEAST = ("worst (seed)", "best (seed)", "median", "seconds", "parameters", "95 % interval")  # missed the least, first

Cells = list[list[str]]  # the headings, then the rows


def summary_cells(table: pl.DataFrame, metric: str) -> Cells:
    """A row a group of `compare.summary`, and beside it what a student report states of the same model. Columns in
    which nothing stands are left out.
    """
    others = [name.removesuffix(" mean") for name in table.columns if name.endswith(" mean")]
    headings = ["group", "n", heading(metric), "95 % interval", "median", "best (seed)", "worst (seed)"]
    headings += [*map(heading, others), "epochs", "seconds", "parameters", "unlearnt", "failed", "reported (%)"]
    vary = table["epochs"].drop_nulls().n_unique() > 1 or (table["epochs std"].fill_null(0) > 0).any()
    theirs_of = reported()
    rows = []
    for row in table.iter_rows(named=True):
        interval = (
            DASH if row["half"] is None else f"{row['mean'] - row['half']:.2f} to {row['mean'] + row['half']:.2f}"
        )
        extremes = (DASH if row[k] is None else f"{row[k]:.2f} ({row[f'{k} seed']})" for k in ("best", "worst"))
        figures = (spread(row[f"{name} mean"], row[f"{name} std"]) for name in others)
        seconds = DASH if row["seconds"] is None else f"{row['seconds']:.1f}"
        parameters = DASH if row["parameters"] is None else f"{row['parameters']:,}"
        unlearnt, failed = (str(row[name]) if row[name] else DASH for name in ("unlearnt", "failed"))
        epochs = spread(row["epochs"], row["epochs std"], digits=0) if vary else DASH
        theirs = stated(theirs_of.get(row["group"], {}))
        measured = [spread(row["mean"], row["std"]), interval, spread(row["median"]), *extremes, *figures]
        rows.append([row["group"], str(row["n"]), *measured, epochs, seconds, parameters, unlearnt, failed, theirs])
    return without_empty([headings, *rows])


def reported() -> dict[str, dict[str, Any]]:
    """By group, what a student report states: metric to `[mean]` or `[mean, std]`."""
    theirs: Any = OmegaConf.to_container(OmegaConf.load(REPORTED))
    return dict(theirs)


def shown(runs: pl.DataFrame) -> list[str]:
    """The metrics that a table has columns for: those of any table, and what a report states of one of the groups."""
    theirs_of = reported()
    theirs = [name for group in runs["group"].unique(maintain_order=True) for name in theirs_of.get(group, {})]
    return list(dict.fromkeys([*results.METRICS, *(name for name in theirs if "/" in name)]))


def difference_cells(table: pl.DataFrame, baseline: str, metric: str) -> Cells:
    """A row a group of `compare.differences`, whose p-values are corrected for the number of groups."""
    cells = [[f"against {baseline}: {heading(metric)}", "n", "difference ± 95 %", "p (t)", "p (Wilcoxon)"]]
    cells[0] += ["effect size", "seeds needed"]
    for row in table.iter_rows(named=True):
        half = "" if row["half"] is None else f" ± {row['half']:.2f}"
        difference = DASH if row["difference"] is None else f"{row['difference']:+.2f}{half}"
        effect = DASH if row["effect"] is None else f"{row['effect']:+.2f}"
        needed = DASH if row["needed"] is None else f"{row['needed']:,}"
        cells.append(
            [row["group"], str(row["n"]), difference, chance(row["p_t"]), chance(row["p_wilcoxon"]), effect, needed]
        )
    return cells


def sentences(table: pl.DataFrame, baseline: str, metric: str) -> list[str]:
    """What each row of `compare.differences` says."""
    return [compare.in_words(row, baseline, metric) for row in table.iter_rows(named=True)]


def heading(metric: str) -> str:
    """`test/digit_error` to `digit error (%)`; what is not of the test keeps its split."""
    name = metric.removeprefix("test/").replace("_", " ").replace("/", " ")
    return f"{name} (%)" if "error" in name or "accuracy" in name else name


def stated(reported: dict[str, Any]) -> str:
    """`2.26 ± 0.55`, or `digit 9.60` where the report states the error of digits."""
    figures = []
    for name, values in reported.items():
        if name != "report":
            what = name.removeprefix("test/").replace("error", "").replace("_", " ").replace("/", " ").split()
            mean, *std = values
            figures.append(" ".join([*what, spread(mean, *std) if "error" in name else f"{mean:,}"]))
    return ", ".join(figures) or DASH


def spread(mean: float | None, std: float | None = None, digits: int = 2) -> str:
    """`2.26 ± 0.55`; one run has no std."""
    if mean is None or not math.isfinite(mean):
        return DASH
    return f"{mean:.{digits}f}" if std is None else f"{mean:.{digits}f} ± {std:.{digits}f}"


def chance(p: float | None) -> str:
    """A p-value with two digits; the smallest are said to be small."""
    if p is None:
        return DASH
    return "<0.0001" if p < 1e-4 else f"{p:.2g}"


def without_empty(cells: Cells) -> Cells:
    """Leaves out the columns that hold dashes alone."""
    kept = [i for i in range(len(cells[0])) if len(cells) == 1 or any(row[i] != DASH for row in cells[1:])]
    return [[row[i] for i in kept] for row in cells]


def markdown(cells: Cells) -> str:
    """The cells as a Markdown table."""
    rule = ["---"] + ["---:"] * (len(cells[0]) - 1)
    return "".join(f"| {' | '.join(row)} |\n" for row in (cells[0], rule, *cells[1:]))


def show(cells: Cells) -> None:
    """The cells on the screen. No figure is cut short: where it is too narrow, columns are left out."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.width = console.width if console.is_terminal else 200
    for name in LEAST:
        if width(cells) > console.width and name in cells[0]:
            column = cells[0].index(name)
            cells = [row[:column] + row[column + 1 :] for row in cells]
    table = Table(box=box.SIMPLE_HEAD)
    for i, name in enumerate(cells[0]):
        table.add_column(name, justify="right" if i else "left", no_wrap=not i)
    for row in cells[1:]:
        table.add_row(*row)
    console.print(table)


def width(cells: Cells) -> int:
    """Of the table in characters, with three between two columns."""
    return 2 + sum(3 + max(len(row[i]) for row in cells) for i in range(len(cells[0])))
