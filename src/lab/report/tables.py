"""Figures as people read them: cells, on the screen or as Markdown. Imports no torch."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from ..records.metrics import UNKNOWN, Meaning, decimals, title
from ..records.reported import Figure, reported

DASH = "–"

LEAST = ("worst (seed)", "best (seed)", "median", "seconds", "parameters", "95 % interval")  # missed the least, first

Cells = list[list[str]]  # the headings, then the rows
Meanings = Mapping[str, Meaning]


def summary_cells(table: pl.DataFrame, metric: str, meanings: Meanings) -> Cells:
    """A row a group of `compare.summary`, and beside it what somebody reports of the same model. Columns in which
    nothing stands are left out.
    """
    meaning = meanings.get(metric, UNKNOWN)
    others = [name.removesuffix(" mean") for name in table.columns if name.endswith(" mean")]
    extremes = ("best", "worst") if meaning.better else ("least", "most")
    headings = ["group", "n", heading(metric, meaning), "95 % interval", "median"]
    headings += [f"{name} (seed)" for name in extremes]
    headings += [heading(name, meanings.get(name, UNKNOWN)) for name in others]
    headings += ["epochs", "seconds", "parameters", "unlearnt", "failed", f"reported{_unit(meaning)}"]
    vary = table["epochs"].drop_nulls().n_unique() > 1 or (table["epochs std"].fill_null(0) > 0).any()
    rows = []
    for row in table.iter_rows(named=True):
        digits = decimals(row["std"] or row["mean"] or 0.0, meaning.unit)
        figures = [mean_std(row["mean"], row["std"], digits), interval(row["mean"], row["half"], digits)]
        figures += [mean_std(row["median"], None, digits)]
        figures += [DASH if row[k] is None else f"{row[k]:.{digits}f} ({row[f'{k} seed']})" for k in ("best", "worst")]
        for name in others:
            mean, std = row[f"{name} mean"], row[f"{name} std"]
            figures.append(mean_std(mean, std, decimals(std or mean or 0.0, meanings.get(name, UNKNOWN).unit)))
        figures += [
            mean_std(row["epochs"], row["epochs std"], 0) if vary else DASH,
            DASH if row["seconds"] is None else f"{row['seconds']:.1f}",
            DASH if row["parameters"] is None else f"{row['parameters']:,}",
            *(str(row[name]) if row[name] else DASH for name in ("unlearnt", "failed")),
            stated(reported().get(row["group"], {}), metric, meanings),
        ]
        rows.append([row["group"], str(row["n"]), *figures])
    return without_empty([headings, *rows])


def difference_cells(table: pl.DataFrame, baseline: str, metric: str, meaning: Meaning) -> Cells:
    """A row a group of `compare.differences`, whose p-values are corrected for the number of groups."""
    cells = [[f"against {baseline}: {heading(metric, meaning)}", "n", "difference ± 95 %", "p (t)", "p (Wilcoxon)"]]
    cells[0] += ["effect size", "seeds needed"]
    for row in table.iter_rows(named=True):
        digits = decimals(row["half"] or row["difference"] or 0.0, meaning.unit)
        half = "" if row["half"] is None else f" ± {row['half']:.{digits}f}"
        difference = DASH if row["difference"] is None else f"{row['difference']:+.{digits}f}{half}"
        effect = DASH if row["effect"] is None else f"{row['effect']:+.2f}"
        needed = DASH if row["needed"] is None else f"{row['needed']:,}"
        p_values = p_value(row["p_t"]), p_value(row["p_wilcoxon"])
        cells.append([row["group"], str(row["n"]), difference, *p_values, effect, needed])
    return cells


def heading(metric: str, meaning: Meaning) -> str:
    """`test/top_1` to `top 1 (%)`; what is not of the test keeps its split."""
    return title(metric.removeprefix("test/")) + _unit(meaning)


def stated(figures: dict[str, Figure], metric: str, meanings: Meanings) -> str:
    """`2.26 ± 0.55` of the metric itself, `val loss 0.31` of another."""
    said = []
    for name, (mean, std) in figures.items():
        unit = meanings.get(name, UNKNOWN).unit
        text = f"{mean:,}" if isinstance(mean, int) else mean_std(mean, std, decimals(std or mean, unit))
        said.append(text if name == metric else f"{title(name.removeprefix('test/'))} {text}")
    return ", ".join(said) or DASH


def mean_std(mean: float | None, std: float | None, digits: int) -> str:
    """`2.26 ± 0.55`; one run has no std."""
    if mean is None or not math.isfinite(mean):
        return DASH
    return f"{mean:.{digits}f}" if std is None else f"{mean:.{digits}f} ± {std:.{digits}f}"


def interval(mean: float | None, half: float | None, digits: int) -> str:
    """`1.83 to 2.45`."""
    return DASH if mean is None or half is None else f"{mean - half:.{digits}f} to {mean + half:.{digits}f}"


def p_value(p: float | None) -> str:
    """With two digits; the smallest are said to be small."""
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


def _unit(meaning: Meaning) -> str:
    return f" ({meaning.unit})" if meaning.unit else ""
