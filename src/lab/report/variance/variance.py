"""Where the spread of a metric comes from: the data's seed, the network's, or both together. Imports no torch.

What the data are drawn from is `data.seed`, and all else that is drawn from chance, `seed`; a sweep that crosses them
tells them apart (Bouthillier et al., "Accounting for variance in machine learning benchmarks", 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from ...records.metrics import UNKNOWN, decimals
from ...records.runs import meanings_of
from ...records.setting import by_setting, in_order
from .. import tables
from ..chosen import choose
from ..compare import completed
from ..estimates import Estimate
from ..significance import SAME, Values
from . import words
from .components import Split
from .crosses import Cross, largest_cross

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DATA = "data.seed"
SOURCES = (DATA, "seed", "both together")


class Spread(NamedTuple):
    """Of one model.

    Attributes:
        cross: the levels of `data.seed` and of `seed`.
        values: the metric, `(data, seeds)`.
        missing: the combinations that were trained of neither or did not complete.
        split: None where all values are the same.
    """

    cross: Cross
    values: Values
    missing: list[tuple[str, int]]
    split: Split | None


class Variance:
    """For each model, the variance of the metric taken apart.

    Args:
        runs: as `load` gives them.
        metric: that varies; None takes the objective that the runs name.

    Raises:
        ValueError: there is no such metric, or nothing that is crossed.
    """

    name = "variance"

    def __init__(self, runs: pl.DataFrame, metric: str | None = None) -> None:
        found = choose(runs, metric)
        if found.missing:
            raise ValueError(found.missing)
        self.metric, self.runs = found.metric, by_setting(found.runs, DATA)
        self.meaning = meanings_of(runs).get(self.metric, UNKNOWN)
        own = self.runs.filter(pl.col("setting").is_not_null())
        if own["fold"].is_not_null().any():
            raise ValueError("--variance splits runs without folds: those of a cross-validation share their data")
        self.spreads: dict[str, Spread] = {}
        self.left_out: list[str] = []  # models of which nothing is crossed
        for (model,), part in own.group_by("rest", maintain_order=True):
            if (spread := self._spread(part)) is None:
                self.left_out.append(str(model))
            else:
                self.spreads[str(model)] = spread
        if not self.spreads:
            raise ValueError(words.not_crossed(self.left_out))

    def _spread(self, runs: pl.DataFrame) -> Spread | None:
        rows, columns = in_order(runs["setting"].unique(maintain_order=True).to_list()), sorted({*runs["seed"]})
        measured = completed(runs, self.metric).select("setting", "seed", self.metric)
        found = {(row, seed): value for row, seed, value in measured.iter_rows()}
        cross = largest_cross(found, rows, columns)
        if cross is None:
            return None
        values = np.array([[found[row, seed] for seed in cross.columns] for row in cross.rows])
        missing = [(row, seed) for row in rows for seed in columns if (row, seed) not in found]
        same = np.ptp(values) <= SAME * np.abs(values).max()
        return Spread(cross, values, missing, None if same else Split(values))

    @property
    def table(self) -> pl.DataFrame:
        """Three rows a model, one for each source: its `variance`, `std` and `share` with the ends of their 95 %
        intervals.
        """
        rows = []
        for model, spread in self.spreads.items():
            for source, each in zip(SOURCES, _parts(spread.split), strict=True):
                figures = {name + end: x for name, part in each.items() for end, x in part.numbers().items()}
                many = {f"{name} levels": n for name, n in zip(SOURCES, spread.values.shape, strict=False)}
                rows.append({"group": model, **many, "source": source, **figures})
        return pl.DataFrame(rows, infer_schema_length=None)

    def cells(self) -> list[tables.Cells]:
        """A table a model: of each source its std, and its share of the variance in percent."""
        return [self._cells(model, spread) for model, spread in self.spreads.items() if spread.split]

    def _cells(self, model: str, spread: Spread) -> tables.Cells:
        heading = f"{model}: {tables.heading(self.metric, self.meaning)}"
        cells = [[heading, "levels", "std (95 %)", "% of the variance (95 %)"]]
        levels = [*spread.values.shape, spread.values.size]
        for source, n, each in zip(SOURCES, levels, _parts(spread.split), strict=True):
            share = words.percent(each["share"])
            cells.append([source, str(n), each["std"].said(self.meaning), share])
        mean, std = float(spread.values.mean()), float(spread.values.std(ddof=1))
        whole = tables.mean_std(mean, std, decimals(std, self.meaning.unit))
        return [*cells, ["all runs, mean ± std", str(spread.values.size), whole, tables.DASH]]

    def sentences(self) -> list[str]:
        """What to repeat, and what is not as it should be."""
        return words.sentences(self)

    def details(self) -> dict[str, Any]:
        """For the JSON file."""
        crosses = {}
        for model, spread in self.spreads.items():
            levels = dict(zip(SOURCES, spread.cross, strict=False))
            crosses[model] = levels | {"values": spread.values.tolist(), "missing": spread.missing}
        return {"metric": self.metric, "table": self.table.to_dicts(), "crosses": crosses}

    def pictures(self) -> dict[str, Figure]:
        """None: three figures a model are a table."""
        return {}


def _parts(split: Split | None) -> list[dict[str, Estimate]]:
    """By source `variance`, `std` and `share`; nothing varies where there is no split."""
    if split is None:
        return [{}, {}, {}]
    std = Estimate(*map(np.sqrt, split.variances))
    each = {"variance": split.variances, "std": std, "share": split.shares}
    return [{name: part.at(i) for name, part in each.items()} for i in range(len(SOURCES))]
