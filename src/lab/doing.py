"""What a run is doing while nothing else is to be seen: on a terminal, a line that goes away. Imports no torch."""

from __future__ import annotations

import sys

WIDTH = 70  # characters, so that it stays one line


class _Shown:
    line = ""


def say(what: str = "", hidden: bool = False) -> None:
    """Shows it in the place of what was said last; nothing takes that away. Nor is anything shown where the output goes
    into a file, or it is `hidden`.
    """
    if hidden or not (what or _Shown.line) or not sys.stderr.isatty():
        return
    _Shown.line = what and f"{what[:WIDTH]} …"
    print(f"\r\x1b[K{_Shown.line}", end="", file=sys.stderr, flush=True)
