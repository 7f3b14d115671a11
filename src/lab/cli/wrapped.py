"""Texts in the width of the terminal, with no word cut. Imports little."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable
from shutil import get_terminal_size

WIDEST = 100
NARROWEST = 40
WORDS = 24  # characters that what is said beside a name has at least


class Help(argparse.HelpFormatter):
    """Of a parser of arguments: description and epilog keep their lines, as far as the terminal has room for them."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(map(_line, text.splitlines()))


def _line(line: str) -> str:
    if len(line) <= width():
        return line
    first = line[: len(line) - len(line.lstrip())]
    return filled(line, first * 2, first)


def width() -> int:
    """Of the terminal, as far as lines are read with ease; 80 where there is none."""
    return max(NARROWEST, min(WIDEST, get_terminal_size((80, 24)).columns))


def filled(text: str, indent: str = "", first: str | None = None) -> str:
    """A paragraph; the first line may begin otherwise than the others."""
    return textwrap.fill(
        " ".join(text.split()),
        width(),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def beside(rows: Iterable[tuple[str, str]]) -> str:
    """Names, and what is said of each beside it; below it where there is no room."""
    known = list(rows)
    column = min(max(len(name) for name, _ in known) + 4, width() - WORDS)
    return "\n".join(
        filled(said, " " * column, f"  {name:<{column - 2}}") or f"  {name}"
        if len(name) + 4 <= column
        else f"{filled(name, '    ', '  ')}\n{filled(said, ' ' * column)}"
        for name, said in known
    )
