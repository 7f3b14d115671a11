"""Tables on a screen of any width: labels fold, columns are left out, and no figure is ever cut. Imports no torch."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from operator import add

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .tables import SKEWED, Cells, printable

# What is missed the least, first, as headings begin ("": any other, of these the rightmost), and never the first KEPT.
LEAST = (
    "std 95 %", "worst (seed)", "best (seed)", "most (seed)", "least (seed)", "median", "seconds", "parameters",
    "epochs", "device", "commit", "reported", "seeds needed", "effect size", "P(", "p (Wilcoxon)", SKEWED, "",
    "95 % interval", "unlearnt", "failed", "note",
)  # fmt: skip
KEPT = 3
FOLDED = 20  # characters that labels have at least, as long as there is a column to leave out for them
BARELY = 8  # that they have in any case


def is_terminal() -> bool:
    return Console().is_terminal


def show(cells: Cells, cut: Sequence[str] = ()) -> list[str]:
    """The cells on the screen: where it is too narrow, the first column folds and others are left out, which is said.
    A pipe or a file gets them all. Of texts in columns that are `cut` the screen gets as much as there is room for.
    Returns the headings of the columns that are shown.
    """
    console = Console(highlight=False)
    cells = [[printable(cell) for cell in row] for row in cells]
    room = console.width if console.is_terminal else None
    for name in cut:
        if room and name in cells[0]:
            cells = shortened(cells, cells[0].index(name), room)
    shown = cells if room is None else fitting(cells, room)
    columns = widths(shown, room)
    if room is None:
        print(*_lines(shown, columns), sep="\n")
        return shown[0]
    console.width = total(columns)
    table = Table(box=box.SIMPLE_HEAD)
    for i, (name, width) in enumerate(zip(shown[0], columns, strict=True)):
        table.add_column(Text(name), justify="right" if i else "left", width=width, overflow="fold")
    for row in shown[1:]:
        table.add_row(*map(Text, row))  # strings would be taken for markup
    console.print(table)
    if left := [name for name in cells[0] if name not in shown[0]]:
        said = "1 column" if len(left) == 1 else f"{len(left)} columns"
        say(f"{said} left out ({', '.join(left)}): a wider terminal or `| less -S` shows all")
    return shown[0]


def say(sentence: str) -> None:
    """Prints it in one line; a terminal gets it in lines that end between words."""
    console, sentence = Console(), printable(sentence)
    if console.is_terminal:
        sentence = textwrap.fill(sentence, console.width, break_long_words=False, break_on_hyphens=False)
    print(sentence, flush=True)


def _lines(cells: Cells, columns: list[int]) -> Iterator[str]:
    """The table as rich draws it where nothing folds, which takes it most of the time of a report of many groups."""

    def line(row: list[str]) -> str:
        gaps = [" " * (width - cell_len(cell)) for cell, width in zip(row, columns, strict=True)]
        label, *figures = row
        return "   ".join(["  " + label + gaps[0], *map(add, gaps[1:], figures)]) + "  "

    empty = " " * total(columns)
    yield from (empty, line(cells[0]), f" {'─' * (total(columns) - 2)} ", *map(line, cells[1:]), empty)


def shortened(cells: Cells, column: int, room: int) -> Cells:
    """With the texts in a column cut to the room that the others leave them, and to no less than `FOLDED`."""
    others = [row[:column] + row[column + 1 :] for row in cells]
    left = room - total([min(FOLDED, _widest(others, 0)), *_figures(others, folded=True), 0])
    texts = [Text(row[column]) for row in cells]
    for text in texts:
        text.truncate(max(FOLDED, left), overflow="ellipsis")
    return [[*row[:column], text.plain, *row[column + 1 :]] for row, text in zip(cells, texts, strict=True)]


def fitting(cells: Cells, room: int) -> Cells:
    """As many of the columns as the room has place for, when headings fold between words and labels to `FOLDED`."""
    while len(cells[0]) > KEPT and total([min(FOLDED, _widest(cells, 0)), *_figures(cells, folded=True)]) > room:
        places = range(len(cells[0]) - 1, KEPT - 1, -1)
        place = min(places, key=lambda i: _rank(cells[0][i]))
        cells = [row[:place] + row[place + 1 :] for row in cells]
    return cells


def _rank(heading: str) -> int:
    """The place in `LEAST` of the longest beginning that the heading has."""
    return max((len(name), i) for i, name in enumerate(LEAST) if heading.startswith(name))[1]


def widths(cells: Cells, room: int | None = None) -> list[int]:
    """Of each column, in characters: the labels have what figures and their headings leave them."""
    labels = _widest(cells, 0)
    if room is None:
        return [labels, *_figures(cells)]
    whole = total([min(FOLDED, labels), *_figures(cells)]) <= room
    figures = _figures(cells, folded=not whole)
    return [min(labels, max(BARELY, room - total([0, *figures]))), *figures]


def total(columns: list[int]) -> int:
    """Of a table with such columns, in characters."""
    return 1 + sum(width + 3 for width in columns)


def _figures(cells: Cells, folded: bool = False) -> list[int]:
    return [_widest(cells, i, folded) for i in range(1, len(cells[0]))]


def _widest(cells: Cells, column: int, folded: bool = False) -> int:
    heading = cells[0][column]
    words = heading.split() if folded else [heading]
    return max(map(cell_len, [*words, *(row[column] for row in cells[1:])]), default=0)
