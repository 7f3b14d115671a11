"""A report as files. Imports no torch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from ..records.atomic import put
from . import tables
from .content import Content
from .names import file_names


def write(report: Content, folder: Path, name: str = "summary", command: str = "", paper: bool = True) -> None:
    """See `Report.write`."""
    put(report.summary.write_csv(), folder / f"{name}.csv")
    text = "\n".join(tables.markdown(cells) for cells in report.cells())
    text += "\n" + "".join(f"- {tables.literal(sentence)}\n" for sentence in [*report.sentences(), *report.notes()])
    put(text, folder / f"{name}.md")
    rows = {"summary": report.summary.to_dicts(), "differences": report.differences.to_dicts()}
    whole = {"metric": report.metric, "baseline": report.baseline, **rows}
    put(json.dumps(whole, indent=1, allow_nan=False), folder / f"{name}.json")
    paper = paper or (folder / f"{name}.tex").is_file()
    if paper:
        from .paper.tex import table

        put(table(report, name, command), folder / f"{name}.tex")
    _draw(report, folder, name, command, ("pdf", "svg") if paper else ())
    _boards(report, folder / name.replace("summary", "tensorboard_groups"))


def _draw(report: Content, folder: Path, name: str, command: str, kinds: Sequence[Literal["pdf", "svg"]]) -> None:
    from ..dashboard import style
    from .against import against, numeric_keys
    from .drawn import panels, picture
    from .paper.page import page

    measured = report.summary.filter(pl.col("n") > 0)
    over = {key: against(measured, key, report.axis) for key in numeric_keys(measured["group"])}
    files = {name: picture(report)} | {f"{name}_{file}": over[key] for key, file in file_names(over).items()}
    for file, figure in files.items():
        put(style.png(figure), folder / f"{file}.png")
        for kind in kinds:
            put(style.vector(figure, kind), folder / f"{file}.{kind}")
    parts = panels(report)
    for title, figure in parts.items():  # each for itself, as wide as a page of print
        for kind in kinds:
            put(style.vector(figure, kind), folder / f"{name}_{title.lower().replace(' ', '_')}.{kind}")
    figures = parts | {f"Over {key}": figure for key, figure in over.items()}
    put(page(report, figures, folder, command), folder / f"{name}.html")


def _boards(report: Content, folder: Path) -> None:
    """A TensorBoard run for each group, with its bands over seeds."""
    from ..dashboard import events

    shutil.rmtree(folder, ignore_errors=True)
    for group, file in file_names(report.learned, kept=" ").items():  # as the dashboard shows it
        bands = {name: band.of_several() for name, band in report.learned[group].items()}
        if several := {name: band for name, band in bands.items() if len(band.epochs)}:
            events.write_bands(folder / file, several)
