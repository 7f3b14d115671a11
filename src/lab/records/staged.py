"""Where seeds were added until it was decided, which a report over the same runs does not know. Imports no torch."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import polars as pl

DECISION = "decision.json"  # beside the folders of the runs
IN_WORDS = "decision.md"


def staged(runs: pl.DataFrame) -> list[str]:
    """A line for each folder in which a decision lies beside the runs, if any does: what it is, and what figures are
    worth that are made without it.
    """
    folders = sorted(
        {
            os.path.dirname(folder) or "."  # noqa: PTH120 - of many thousand runs ten times as fast as by Path
            for folder in runs["folder"].drop_nulls().unique()
        }
    )
    return [
        f"seeds in {os.path.relpath(folder)} were added until it was decided{_verdicts(Path(folder) / DECISION)}; the "
        f"p-values of its {IN_WORDS} hold, those here are too small: they take the seeds for a fixed number"
        for folder in folders
        if (Path(folder) / DECISION).is_file()
    ]


def _verdicts(path: Path) -> str:
    """`: small is undecided with 6 seeds, p = 0.067`, as far as it is known."""
    with suppress(OSError, ValueError, TypeError, KeyError):  # not decided yet, or a file that somebody has changed
        each = [
            f"{row['group']} is {row['verdict']} with {row['seeds']} seeds"
            for row in json.loads(path.read_text())["groups"]
        ]
        return f": {', '.join(each)}"
    return ""
