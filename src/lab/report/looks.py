"""Looks at runs other than a `Report`, on the screen and as files. Imports no torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from ..records.atomic import named, put
from ..records.mixed import mixed
from . import screen, tables
from .over.over import Over
from .variance.variance import Variance

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Look(Protocol):
    """What is shown: `name` is that of its files, `details` is all of it, as JSON."""

    name: str
    runs: pl.DataFrame

    @property
    def table(self) -> pl.DataFrame: ...

    def cells(self) -> list[tables.Cells]: ...

    def sentences(self) -> list[str]: ...

    def details(self) -> dict[str, Any]: ...

    def pictures(self) -> dict[str, Figure]: ...


def look(runs: pl.DataFrame, over: str | None, metric: str | None, baseline: str | None) -> Look:
    """An `Over` of that key or, where there is none, a `Variance`.

    Raises:
        ValueError: as these do, or there is a baseline for a variance, which compares nothing.
    """
    if over:
        return Over(runs, over, metric, baseline)
    if baseline:
        raise ValueError("--variance compares nothing: leave out --baseline")
    return Variance(runs, metric)


def publish(look: Look, folder: Path | None = None) -> None:
    """Shows the tables, and what they say in words; where there is a folder, writes them there too, and shows them also
    where that fails.
    """
    cells, sentences = look.cells(), [*look.sentences(), *mixed(look.runs)]
    try:
        if folder:
            with named(folder):
                _write(look, cells, sentences, folder)
    finally:
        for each in cells:
            screen.show(each)
        for sentence in sentences:
            screen.say(sentence)


def _write(look: Look, cells: list[tables.Cells], sentences: list[str], folder: Path) -> None:
    put(look.table.write_csv(), folder / f"{look.name}.csv")
    said = "".join(f"- {tables.literal(sentence)}\n" for sentence in sentences)
    put("\n".join([*map(tables.markdown, cells), said]), folder / f"{look.name}.md")
    put(json.dumps(look.details(), indent=1, allow_nan=False), folder / f"{look.name}.json")
    for name, figure in look.pictures().items():
        from ..dashboard import style

        put(style.png(figure), folder / f"{name}.png")
