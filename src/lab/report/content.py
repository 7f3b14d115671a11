"""What a report has that goes into files. Imports no torch."""

from __future__ import annotations

from typing import Protocol

import polars as pl

from ..records.curves import Band
from ..records.metrics import Axis, Meaning
from .tables import Cells


class Content(Protocol):
    """What a `Report` has that goes into files."""

    runs: pl.DataFrame
    metric: str
    meaning: Meaning
    meanings: dict[str, Meaning]
    missing: str | None
    baseline: str
    summary: pl.DataFrame
    differences: pl.DataFrame
    others: int

    @property
    def axis(self) -> Axis: ...

    @property
    def learned(self) -> dict[str, dict[str, Band]]: ...

    def against(self, baseline: str) -> pl.DataFrame: ...

    def cells(self) -> list[Cells]: ...

    def sentences(self) -> list[str]: ...

    def notes(self) -> list[str]: ...
