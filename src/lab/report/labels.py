"""Names of groups and metrics as a figure shows them. Imports no torch."""

from __future__ import annotations

import textwrap

from .tables import printable

WIDE = 40  # characters in a line of a name


def name(group: str) -> str:
    """A group's name in two lines at most; of a longer one, its beginning and its end."""
    lines = textwrap.wrap(printable(group), WIDE) or [""]
    return "\n".join(map(literal, lines if len(lines) < 3 else [lines[0], f"… {lines[-1]}"]))


def literal(text: str) -> str:
    """In one line, with no formulas in it."""
    return printable(text).replace("$", r"\$")


def counted(numbers: list[int], one: str) -> str:
    """`50 seeds`, `3 to 5 seeds` where they differ, `1 seed`."""
    least, most = min(numbers), max(numbers)
    return f"{most} {one}{'s' * (most != 1)}" if least == most else f"{least} to {most} {one}s"
