"""A report as files. Imports no torch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Protocol

import polars as pl
from matplotlib.figure import Figure

from ..records.atomic import put
from ..records.curves import Band
from ..records.metrics import Axis
from . import tables
from .names import file_names


class Content(Protocol):
    """What a `Report` has that goes into files."""

    runs: pl.DataFrame
    metric: str
    baseline: str
    summary: pl.DataFrame
    differences: pl.DataFrame

    @property
    def axis(self) -> Axis: ...

    @property
    def learned(self) -> dict[str, dict[str, Band]]: ...

    def cells(self) -> list[tables.Cells]: ...

    def sentences(self) -> list[str]: ...

    def notes(self) -> list[str]: ...

    def picture(self) -> Figure: ...


def write(report: Content, folder: Path, name: str = "summary") -> None:
    """`summary.csv`, `.md`, `.json` and `.png` into the folder, and for each group a TensorBoard run of its own."""
    put(report.summary.write_csv(), folder / f"{name}.csv")
    text = "\n".join(tables.markdown(cells) for cells in report.cells())
    text += "\n" + "".join(f"- {tables.literal(sentence)}\n" for sentence in [*report.sentences(), *report.notes()])
    put(text, folder / f"{name}.md")
    rows = {"summary": report.summary.to_dicts(), "differences": report.differences.to_dicts()}
    whole = {"metric": report.metric, "baseline": report.baseline, **rows}
    put(json.dumps(whole, indent=1, allow_nan=False), folder / f"{name}.json")
    _draw(report, folder, name)


def _draw(report: Content, folder: Path, name: str) -> None:
    from ..dashboard import events, style
    from .against import against, numeric_keys

    put(style.png(report.picture()), folder / f"{name}.png")
    measured = report.summary.filter(pl.col("n") > 0)
    for key, file in file_names(numeric_keys(measured["group"])).items():
        put(style.png(against(measured, key, report.axis)), folder / f"{name}_{file}.png")
    boards = folder / name.replace("summary", "tensorboard_groups")
    shutil.rmtree(boards, ignore_errors=True)
    for group, file in file_names(report.learned).items():
        bands = {name: band.of_several() for name, band in report.learned[group].items()}
        if several := {name: band for name, band in bands.items() if len(band.epochs)}:
            events.write_bands(boards / file, several)
