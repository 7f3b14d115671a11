"""What TensorBoard reads: layouts, pictures and bands."""

import re
from pathlib import Path

import numpy as np
import pytest
from tensorboard.plugins.custom_scalar import layout_pb2

from src.lab.dashboard import events, style
from src.lab.records.curves import Band

from .runs import board, charts, points


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("train/loss", "loss"),
        ("val_loss", "loss"),
        ("valid.top/1", "top/1"),
        ("validation/f1_macro", "f1_macro"),
        ("training_loss", "loss"),
        ("trainable", "trainable"),
        ("value", "value"),
        ("val", "val"),
        ("test/loss", "test/loss"),
        ("r2", "r2"),
    ],
)
def test_what_a_metric_measures_is_its_name_without_the_split(name: str, what: str) -> None:
    assert events.measured(name) == what


def chart(layout: events.Layout, title: str) -> layout_pb2.Chart:
    (found,) = (chart for charts in layout.values() for chart in charts if chart.title == title)
    return found


def test_the_losses_share_a_chart_and_so_does_what_the_monitor_measures() -> None:
    for monitor in "val/top_1", "val_top_1", "valid.top_1":
        layout = events.training(monitor)
        assert [chart.title for charts in layout.values() for chart in charts] == ["loss", "top 1"]
        (pattern,) = chart(layout, "top 1").multiline.tag
        assert all(re.search(pattern, f"{split}top_1") for split in ("train/", "val_", "validation."))
        assert not re.search(pattern, "test/top_1") and not re.search(pattern, "val/top_10")
    assert [chart.title for charts in events.training(None).values() for chart in charts] == ["loss"]
    assert [chart.title for charts in events.training("val_loss").values() for chart in charts] == ["loss"]


def test_a_name_with_signs_of_its_own_is_taken_as_it_is() -> None:
    (pattern,) = chart(events.together(["f1 (macro)"]), "f1 (macro)").multiline.tag
    assert re.search(pattern, "val/f1 (macro)")
    assert not re.search(pattern, "val/f1 macro")


def test_bands_have_a_category_for_each_thing_measured() -> None:
    found = events.bands(["train/loss", "val/loss", "val_acc", "elbo"], "Bands")
    assert {category: [chart.title for chart in charts] for category, charts in found.items()} == {
        "Bands: loss": ["train loss", "val loss"],
        "Bands: val acc": ["val acc"],
        "Bands: elbo": ["elbo"],
    }
    (series,) = chart(found, "val acc").margin.series
    assert (series.value, series.lower, series.upper) == events.band_tags("val_acc")


def test_a_band_is_a_std_to_both_sides_of_the_mean() -> None:
    tags = events.band_tags("val_acc")
    assert [events.band("val_acc", 3.0, 0.5)[tag] for tag in tags] == [3.0, 2.5, 3.5]


def test_bands_are_written_in_the_place_of_those_before(tmp_path: Path) -> None:
    folder = tmp_path / "group"
    band = Band(np.array([0, 2]), np.array([3.0, 1.0]), np.array([1.0, 0.5]))
    events.write_bands(folder, {"val_acc": band, "old": band})
    events.write_bands(folder, {"val_acc": band})
    found = board(folder)
    assert sorted(found.Tags()["scalars"]) == sorted(events.band_tags("val_acc"))
    mean, lower, upper = (points(found, tag) for tag in events.band_tags("val_acc"))
    assert (mean, lower, upper) == ([(1, 3.0), (3, 1.0)], [(1, 2.0), (3, 0.5)], [(1, 4.0), (3, 1.5)])
    assert charts(found) == {f"{events.OVER_SEEDS}: val acc": ["val acc"]}


def test_a_picture_says_its_size() -> None:
    figure = style.sheet(3, 2)
    (value,) = events.picture("first weights", style.png(figure)).value
    assert (value.tag, value.image.width, value.image.height) == ("views/first weights", 3 * style.DPI, 2 * style.DPI)
