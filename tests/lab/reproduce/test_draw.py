"""The figures of a part: what stands in them, of whom, and that nothing is drawn of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Sheet

from src.lab.records.curves import Band
from src.lab.records.metrics import Axis, Meaning
from src.lab.records.reported import Figure, Panel, Part
from src.lab.report import compare
from src.lab.reproduce import draw
from src.lab.reproduce.draw import Measured, drawn
from src.lab.reproduce.measure import rows
from src.lab.sweep.told import runs_of

from .made import job

PART = Part(rows={"net width=4": {"test/miss": Figure(2.5, 0.5)}, "net width=8": {"test/miss": Figure(1.0)}})
PERCENT = Meaning("%", "lower")


@pytest.fixture
def measured(tmp_path: Path) -> Measured:
    """Two widths, three seeds each."""
    jobs = [
        job(tmp_path, seed, {"test/miss": 3.0 - 0.2 * width + 0.1 * seed}, f"width={width}", parameters=10 * width)
        for width in (4, 8)
        for seed in range(3)
    ]
    runs = runs_of(jobs)
    assert runs is not None
    return Measured(jobs, rows(PART, jobs, runs), runs)


def texts(figure: Sheet) -> set[str]:
    return {text.get_text() for ax in figure.axes for text in [*ax.get_yticklabels(), *ax.get_xticklabels()]}


def test_groups_are_called_by_what_the_jobs_were_told(measured: Measured) -> None:
    assert measured.runs["group"].unique(maintain_order=True).to_list() == ["width=4", "width=8"]
    assert [(row.group, row.n, round(row.mean or 0, 6)) for row in measured.rows] == [
        ("net width=4", 3, 2.3),
        ("net width=8", 3, 1.5),
    ]


def test_what_is_stated_stands_beside_what_is_measured(measured: Measured) -> None:
    figure = draw.stated(measured.rows, {"test/miss": PERCENT})
    (ax,) = figure.axes
    assert texts(figure) >= {"net width=4, miss", "net width=8, miss"}
    x = sorted(float(point) for line in ax.lines for point in np.asarray(line.get_xdata()) if line.get_marker() in "oD")
    assert x == pytest.approx(sorted([2.3, 1.5, 2.5, 1.0]))
    assert ax.get_xlabel() == "%"


def test_the_size_has_a_point_for_each_group_and_what_is_stated_of_it(measured: Measured) -> None:
    table = compare.summary(measured.runs, "test/miss", PERCENT)
    figure = draw.size(table, Axis("test/miss", PERCENT), measured.rows)
    (ax,) = figure.axes
    points = {
        (x, round(y, 6)) for line in ax.lines for x, y in np.asarray(line.get_xydata()) if line.get_marker() in "osd"
    }
    assert points == {(40, 2.3), (80, 1.5), (40, 2.5), (80, 1.0)}


def test_courses_have_axes_of_their_own_for_each_metric_that_there_is() -> None:
    band = Band(np.arange(3), np.array([3.0, 2.0, 1.0]), np.array([0.1, 0.1, np.nan]))
    figure = draw.courses({"a": {"loss": band}, "b": {"loss": band, "acc": band}}, ["loss", "acc", "none"], {})
    assert figure is not None
    assert [len(ax.lines) for ax in figure.axes] == [2, 1]
    assert draw.courses({"a": {"loss": band}}, ["none"], {}) is None
    many = draw.courses({str(i): {"loss": band} for i in range(9)}, ["loss"], {})
    assert many is not None and len(many.axes[0].lines) == 7 and many.get_suptitle() == "The first 7 of 9 groups"


@pytest.mark.parametrize(
    "panel",
    [
        {"draw": "stated"},
        {"draw": "seeds", "metrics": ["test/miss"], "of": ["net width=4"]},
        {"draw": "size", "metrics": ["test/miss"]},
        {"draw": "against", "metrics": ["test/miss"], "key": "width"},
    ],
)
def test_every_kind_is_a_picture_and_the_same_one_again(panel: dict[str, Any], measured: Measured) -> None:
    picture = drawn(Panel(title="it", **panel), measured)
    assert picture and picture.startswith(b"\x89PNG")
    assert drawn(Panel(title="it", **panel), measured) == picture


@pytest.mark.parametrize(
    "panel",
    [
        {"draw": "stated", "metrics": ["test/none"]},
        {"draw": "seeds", "metrics": ["test/none"]},
        {"draw": "seeds", "metrics": ["test/miss"], "of": ["net width=5"]},
        {"draw": "curves", "metrics": ["test/miss"]},
        {"draw": "own", "name": "decisions", "of": ["net width=4"]},
    ],
)
def test_of_what_was_not_measured_there_is_no_picture(panel: dict[str, Any], measured: Measured) -> None:
    assert drawn(Panel(title="it", **panel), measured) is None


def test_what_a_run_has_drawn_itself_is_taken_from_its_folder(measured: Measured) -> None:
    folder = measured.jobs[3].folder.figures
    folder.mkdir()
    (folder / "decisions.png").write_bytes(b"its own")
    panel = Panel(draw="own", name="decisions", of=["net width=8"], title="it")
    assert drawn(panel, measured) == b"its own"
