"""What TensorBoard reads, built from its own protocol buffers: layouts, pictures, graphs. Imports no torch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from src.lab.records.curves import Band

MEAN, LOWER, UPPER = "mean", "mean less std", "mean plus std"

Layout = Mapping[str, Sequence[layout_pb2.Chart]]  # by category

WATCHED = {"loss": "loss", "error": "error (%)"}
OF_DIGITS = {"digit_error": "digit error (%)"}  # of networks that read digits
TITLES = WATCHED | OF_DIGITS


def _together(names: Mapping[str, str]) -> list[layout_pb2.Chart]:
    """Training and validation of the same thing on one chart."""
    splits = "train", "val"
    tags = {title: [f"^{split}/{name}$" for split in splits] for name, title in names.items()}
    return [layout_pb2.Chart(title=t, multiline=layout_pb2.MultilineChartContent(tag=tag)) for t, tag in tags.items()]


# TensorBoard shows a category as the first run has it: one of a name has the same charts everywhere.
TRAINING: Layout = {"Training and validation": _together(WATCHED)}
TRAINING_OF_DIGITS: Layout = {"Training and validation: digits": _together(OF_DIGITS)}


def band_tags(metric: str) -> tuple[str, str, str]:
    """Under which names the mean over seeds of a metric is found, and the band's lower and upper edge."""
    return f"seeds/{metric}/{MEAN}", f"seeds/{metric}/{LOWER}", f"seeds/{metric}/{UPPER}"


def band(metric: str, mean: float, std: float) -> dict[str, float]:
    """What is logged at an epoch, by tag: a std to both sides of the mean."""
    return dict(zip(band_tags(metric), (mean, mean - std, mean + std), strict=True))


def bands(metrics: Sequence[str], category: str = "Mean ± std over seeds") -> Layout:
    """A margin chart for each metric: its mean over seeds, and the band of a std to both sides."""
    found: dict[str, list[layout_pb2.Chart]] = {category: []}
    for metric in metrics:
        value, lower, upper = band_tags(metric)
        series = layout_pb2.MarginChartContent.Series(value=value, lower=lower, upper=upper)
        split, _, name = metric.partition("/")
        chart = layout_pb2.Chart(title=f"{split} {TITLES[name]}", margin=layout_pb2.MarginChartContent(series=[series]))
        found.setdefault(f"{category}: digits" if name in OF_DIGITS else category, []).append(chart)
    return found


def layout(*parts: Layout) -> Summary:
    """What the custom scalars tab shows."""
    categories = [layout_pb2.Category(title=title, chart=charts) for part in parts for title, charts in part.items()]
    content = layout_pb2.Layout(category=categories).SerializeToString()
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="custom_scalars"))
    tensor = TensorProto(dtype="DT_STRING", string_val=[content], tensor_shape=TensorShapeProto())
    return Summary(value=[Summary.Value(tag="custom_scalars__config__", tensor=tensor, metadata=metadata)])


def picture(tag: str, png: bytes) -> Summary:
    """An image, from the bytes of its PNG file, which say its size."""
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    image = Summary.Image(encoded_image_string=png, width=width, height=height, colorspace=4)
    return Summary(value=[Summary.Value(tag=tag, image=image)])


def write_bands(folder: Path, curves: Mapping[str, Band]) -> None:
    """Writes a TensorBoard run of its own whose margin charts show these curves, instead of what it held before.

    Args:
        folder: of the run.
        curves: by metric.
    """
    shutil.rmtree(folder, ignore_errors=True)
    writer = EventFileWriter(str(folder))
    now = time.time()
    writer.add_event(Event(wall_time=now, summary=layout(bands(list(curves)))))
    for metric, (epochs, means, stds) in curves.items():
        for epoch, mean, std in zip(epochs, means, stds, strict=True):
            figures = band(metric, mean, std)
            values = [Summary.Value(tag=tag, simple_value=value) for tag, value in figures.items()]
            writer.add_event(Event(wall_time=now, step=int(epoch), summary=Summary(value=values)))
    writer.close()
