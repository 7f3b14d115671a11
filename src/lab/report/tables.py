"""Figures as people read them: cells, on the screen or as Markdown. Imports no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping

import polars as pl

from ..records.metrics import UNKNOWN, Meaning, decimals, fixed, title
from ..records.reported import Figure, reported
from .pvalues import DASH as DASH
from .pvalues import p_value

MARKUP = re.compile(r"[\\|*`]|<(?=[A-Za-z/!?])")  # of Markdown, wherever it stands

SKEWED = "95 % (BCa)"  # the heading of the interval of what is skewed
MANY = 30  # seeds: of so many the std is known to a third, and stands alone

Cells = list[list[str]]  # the headings, then the rows
Meanings = Mapping[str, Meaning]


def summary_cells(
    table: pl.DataFrame, metric: str, meanings: Meanings, settings: Mapping[str, str] | None = None
) -> Cells:
    """A row a group of `compare.summary`, and beside it what somebody reports of the same `settings`, which the groups
    were trained with. Columns in which nothing stands are left out.
    """
    meaning = meanings.get(metric, UNKNOWN)
    others = [name.removesuffix(" mean") for name in table.columns if name.endswith(" mean")]
    extremes = ("best", "worst") if meaning.better else ("least", "most")
    headings = ["group", "n", heading(metric, meaning), "95 % interval", SKEWED, "std 95 %", "median"]
    headings += [f"{name} (seed)" for name in extremes]
    headings += [heading(name, meanings.get(name, UNKNOWN)) for name in others]
    headings += ["epochs", "seconds", "parameters", "unlearnt", "failed", f"reported{_unit(meaning)}"]
    vary = table["epochs"].drop_nulls().n_unique() > 1 or (table["epochs std"].fill_null(0) > 0).any()
    rows = []
    for row in table.iter_rows(named=True):
        digits = decimals(row["std"] or row["mean"] or 0.0, meaning.unit)
        figures = [mean_std(row["mean"], row["std"], digits), between(row["low"], row["high"], digits)]
        figures += [between(row["bca_low"], row["bca_high"], digits)]
        figures += [between(row["std_low"], row["std_high"], digits) if row["n"] < MANY else DASH]
        figures += [mean_std(row["median"], None, digits)]
        figures += [
            DASH if row[k] is None else f"{fixed(row[k], digits)} ({row[f'{k} seed']})" for k in ("best", "worst")
        ]
        for name in others:
            mean, std = row[f"{name} mean"], row[f"{name} std"]
            figures.append(mean_std(mean, std, decimals(std or mean or 0.0, meanings.get(name, UNKNOWN).unit)))
        figures += [
            mean_std(row["epochs"], row["epochs std"] or None, 0) if vary else DASH,
            DASH if row["seconds"] is None else f"{row['seconds']:.1f}",
            DASH if row["parameters"] is None else f"{row['parameters']:,}",
            *(str(row[name]) if row[name] else DASH for name in ("unlearnt", "failed")),
            stated(reported().get((settings or {}).get(row["group"], ""), {}), metric, meanings),
        ]
        rows.append([row["group"], str(row["n"]), *figures])
    return without_empty([headings, *rows])


def difference_cells(table: pl.DataFrame, baseline: str, metric: str, meaning: Meaning) -> Cells:
    """A row a group of `compare.differences`, whose p-values are corrected for the number of groups."""
    probability = f"P({'better' if meaning.better else 'higher'})"
    figures = ["difference ± 95 %", "left out", SKEWED, "p (t)", "p (Wilcoxon)", probability]
    cells = [[f"against {baseline}: {heading(metric, meaning)}", "n", *figures, "effect size", "seeds needed"]]
    for row in table.iter_rows(named=True):
        digits, mean = decimals(row["half"] or row["difference"] or 0.0, meaning.unit), row["difference"]
        difference = DASH if mean is None else fixed(mean, digits, "+") + plus_minus(row["half"], digits)
        likely = between(row["improvement_low"], row["improvement_high"], 2)
        figures = [difference, str(row["left_out"] or DASH), between(row["bca_low"], row["bca_high"], digits)]
        figures += [p_value(row["p_t"]), p_value(row["p_wilcoxon"])]
        figures += [DASH if row["improvement"] is None else f"{row['improvement']:.2f} ({likely})"]
        figures += [DASH if row["effect"] is None else f"{row['effect']:+.2f}"]
        cells.append([row["group"], str(row["n"]), *figures, DASH if row["needed"] is None else f"{row['needed']:,}"])
    return without_empty(cells, ("left out", SKEWED, probability))


def heading(metric: str, meaning: Meaning) -> str:
    """`test/top_1` to `top 1 (%)`; what is not of the test keeps its split."""
    return title(metric.removeprefix("test/")) + _unit(meaning)


def stated(figures: dict[str, Figure], metric: str, meanings: Meanings) -> str:
    """`2.26 ± 0.55` of the metric itself, `val loss 0.31` of another."""
    said = []
    for name, (mean, std, *_) in figures.items():
        unit = meanings.get(name, UNKNOWN).unit
        text = f"{mean:,}" if isinstance(mean, int) else mean_std(mean, std, decimals(std or mean, unit))
        said.append(text if name == metric else f"{title(name.removeprefix('test/'))} {text}")
    return ", ".join(said) or DASH


def mean_std(mean: float | None, std: float | None, digits: int) -> str:
    """`2.26 ± 0.55`; one run has no std."""
    if mean is None or not math.isfinite(mean):
        return DASH
    return fixed(mean, digits) + plus_minus(std, digits)


def plus_minus(half: float | None, digits: int) -> str:
    """` ± 0.55`, or nothing where nothing is known."""
    return "" if half is None or not math.isfinite(half) else f" ± {fixed(half, digits)}"


def interval(mean: float | None, half: float | None, digits: int) -> str:
    """`1.83 to 2.45`."""
    return DASH if mean is None or half is None else between(mean - half, mean + half, digits)


def between(low: float | None, high: float | None, digits: int) -> str:
    """Likewise, of its ends."""
    if low is None or high is None or not math.isfinite(high - low):
        return DASH
    return f"{fixed(low, digits)} to {fixed(high, digits)}"


def without_empty(cells: Cells, of: Container[str] | None = None) -> Cells:
    """Leaves out the columns that hold dashes alone, of all or of these headings."""
    empty = [len(cells) > 1 and all(row[i] == DASH for row in cells[1:]) for i in range(len(cells[0]))]
    kept = [i for i, name in enumerate(cells[0]) if not (empty[i] and (of is None or name in of))]
    return [[row[i] for i in kept] for row in cells]


def markdown(cells: Cells) -> str:
    """The cells as a Markdown table."""
    rule = ["---"] + ["---:"] * (len(cells[0]) - 1)
    headings, *rows = ([literal(cell) for cell in row] for row in cells)
    return "".join(f"| {' | '.join(row)} |\n" for row in (headings, rule, *rows))


def literal(text: str) -> str:
    """As Markdown shows it as it is, also in a table."""
    return MARKUP.sub(r"\\\g<0>", printable(text))


def printable(text: str) -> str:
    """In one line, with what can't be seen as Python writes it: `\\n`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _unit(meaning: Meaning) -> str:
    return f" ({meaning.unit})" if meaning.unit else ""
