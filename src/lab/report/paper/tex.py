"""A report's table in LaTeX. Imports no torch."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from ..content import Content
from ..pvalues import p_value
from ..tables import heading, printable
from .caption import caption
from .digits import digits, places, shown
from .escape import Tex, escaped
from .ranked import Ranked, ranked
from .templates import latex

WIDE = 34  # characters in a line of a group's name
NOTHING, INTERVAL, SKEWED = Tex("--"), Tex(r"95\,\% interval"), Tex(r"95\,\% (BCa)")

Row = dict[str, Any]


class Column(NamedTuple):
    """How it is aligned, what stands above it, and what of a row of the summary stands in it."""

    aligned: str
    head: Tex
    cell: Callable[[Row], Tex]


def table(report: Content, name: str, command: str) -> str:
    """A table of the package booktabs, for a paper to `\\input`: a row a group."""
    order = ranked(report)
    columns = _columns(report, order)
    rows = [[column.cell(row) for column in columns] for row in report.summary.iter_rows(named=True)]
    return (
        latex()
        .get_template("table.tex.jinja")
        .render(
            head=[Tex(printable(line)) for line in _head(report, name, command)],
            caption=caption(report, order),
            label=Tex(re.sub("[^A-Za-z0-9]+", "-", f"{name} {report.metric}").strip("-")),
            alignment=Tex("".join(column.aligned for column in columns)),
            headings=_cells([column.head for column in columns]),
            rows=[_cells(row) for row in rows],
        )
    )


def _cells(row: list[Tex]) -> Tex:
    return Tex(" & ".join(row))


def _head(report: Content, name: str, command: str) -> list[str]:
    said = [
        rf"{report.axis.label}, a row a group: \usepackage{{booktabs}}, and \input{{{name}.tex}} where it is to stand"
    ]
    said += [f"made by {command}"] if command else []
    return said + report.notes()


def _columns(report: Content, order: Ranked) -> list[Column]:
    summary, unit = report.summary, report.meaning.unit
    after, bold = digits(summary, order.reference, order.decided, unit), order.bold
    measured = summary["n"].filter(summary["n"] > 0)

    def name(row: Row) -> Tex:
        return _lines(row["group"], row["group"] in bold)

    def figure(row: Row) -> Tex:
        said = _figure(row["mean"], row["std"], after.get(row["group"], 0))
        return _formula(rf"\mathbf{{{said}}}" if said and row["group"] in bold else said)

    def between(row: Row, low: float | None, high: float | None) -> Tex:
        if low is None or high is None:
            return NOTHING
        return _formula(f"[{_number(low, after[row['group']])}, {_number(high, after[row['group']])}]")

    found = [Column("l", Tex("group"), name), Column("r", escaped(heading(report.metric, report.meaning)), figure)]
    if measured.n_unique() > 1 or len(measured) < len(summary):
        found.insert(1, Column("r", Tex("$n$"), lambda row: _formula(str(row["n"]))))
    if summary["half"].drop_nulls().len():
        found.append(Column("c", INTERVAL, lambda row: between(row, row["low"], row["high"])))
    if summary["bca_low"].drop_nulls().len():
        found.append(Column("c", SKEWED, lambda row: between(row, row["bca_low"], row["bca_high"])))
    return found + _comparison(order, unit)


def _lines(group: str, bold: bool) -> Tex:
    """A group's name; a long one in several lines, in a table of its own."""
    lines = [str(escaped(line)) for line in textwrap.wrap(group, WIDE) or [""]]
    if bold:
        lines = [rf"\textbf{{{line}}}" for line in lines]
    if len(lines) == 1:
        return Tex(lines[0])
    return Tex(r"\begin{tabular}[t]{@{}l@{}}" + r" \\ ".join(lines) + r"\end{tabular}")


def _comparison(order: Ranked, unit: str) -> list[Column]:
    def difference(row: Row) -> Tex:
        found = order.against.get(row["group"])
        if not found or found.difference is None:
            return NOTHING
        after = places(found.half or found.difference, unit)
        return _formula(_figure(found.difference, found.half, after, "+"))

    def p(row: Row) -> Tex:
        found = order.against.get(row["group"])
        return _formula(p_value(found.p) + "^*" * found.by_ranks) if found and found.p is not None else NOTHING

    found = []
    if any(each.difference is not None for each in order.against.values()):
        found.append(Column("r", Tex("difference"), difference))
    if any(each.p is not None for each in order.against.values()):
        found.append(Column("r", Tex("$p$"), p))
    return found


def _figure(mean: float | None, half: float | None, after: int, sign: str = "") -> str:
    if mean is None:
        return ""
    return _number(mean, after, sign) + (rf" \pm {_number(half, after)}" if half is not None else "")


def _number(value: float, after: int, sign: str = "") -> str:
    """`1.87`, `1.235 \\times 10^{12}`."""
    figure, e, power = shown(value, after, sign).partition("e")
    return rf"{figure} \times 10^{{{int(power)}}}" if e else figure


def _formula(text: str) -> Tex:
    return Tex(f"${text}$") if text else NOTHING
