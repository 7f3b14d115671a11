"""What TensorBoard reads, built from its own protocol buffers: layouts, pictures, bands. Imports no torch."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from ..records.curves import Band
from ..records.metrics import title

MEAN, LOWER, UPPER = "mean", "mean less std", "mean plus std"
PICTURES = "views"
TRAINING, OVER_SEEDS = "Training and validation", "Mean ± std over seeds"
SPLIT = re.compile(r"^(train|training|val|valid|validation)([/_.])(.+)$")

Layout = Mapping[str, Sequence[layout_pb2.Chart]]  # by category


def measured(name: str) -> str:
    """What a metric measures, whatever of: `loss` of `train/loss` and `val_loss`."""
    return found[3] if (found := SPLIT.match(name)) else name


def training(monitor: str | None) -> Layout:
    """The losses on one chart, and what the monitor measures on another."""
    return together(list(dict.fromkeys(["loss", *([measured(monitor)] if monitor else [])])))


def together(names: Sequence[str], category: str = TRAINING) -> Layout:
    """A chart for each thing measured, of all splits. Lightning adds `_epoch` to what it logs each step too.
    TensorBoard shows a category as the first run that it finds has it, for all runs: so one of a name has the same
    charts wherever it is used.
    """
    tags = {name: [rf"^(train|training|val|valid|validation)[/_.]{re.escape(name)}(_epoch)?$"] for name in names}
    multiline = layout_pb2.MultilineChartContent
    return {category: [layout_pb2.Chart(title=title(name), multiline=multiline(tag=tag)) for name, tag in tags.items()]}


def band_tags(metric: str) -> tuple[str, str, str]:
    """Under which names the mean over seeds of a metric is found, and the band's lower and upper edge."""
    return f"seeds/{metric}/{MEAN}", f"seeds/{metric}/{LOWER}", f"seeds/{metric}/{UPPER}"


def band(metric: str, mean: float, std: float) -> dict[str, float]:
    """What is logged at an epoch, by tag: a std to both sides of the mean."""
    return dict(zip(band_tags(metric), (mean, mean - std, mean + std), strict=True))


def bands(metrics: Sequence[str], category: str = OVER_SEEDS) -> Layout:
    """A margin chart for each metric: its mean over seeds, and the band of a std to both sides. A category each thing
    measured, see `together`; what only one split measures has one of its own.
    """
    found: dict[str, list[layout_pb2.Chart]] = {}
    splits = Counter(map(measured, metrics))
    for metric in metrics:
        value, lower, upper = band_tags(metric)
        series = layout_pb2.MarginChartContent.Series(value=value, lower=lower, upper=upper)
        chart = layout_pb2.Chart(title=title(metric), margin=layout_pb2.MarginChartContent(series=[series]))
        name = measured(metric) if splits[measured(metric)] > 1 else metric
        found.setdefault(f"{category}: {title(name)}", []).append(chart)
    return found


def layout(*parts: Layout) -> Summary:
    """What the custom scalars tab shows."""
    categories = [layout_pb2.Category(title=title, chart=charts) for part in parts for title, charts in part.items()]
    content = layout_pb2.Layout(category=categories).SerializeToString()
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="custom_scalars"))
    tensor = TensorProto(dtype="DT_STRING", string_val=[content], tensor_shape=TensorShapeProto())
    return Summary(value=[Summary.Value(tag="custom_scalars__config__", tensor=tensor, metadata=metadata)])


def picture(name: str, png: bytes) -> Summary:
    """An image, from the bytes of its PNG file, which say its size. All are under one heading, below those of the
    scalars: TensorBoard sorts by the alphabet.
    """
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    image = Summary.Image(encoded_image_string=png, width=width, height=height, colorspace=4)
    return Summary(value=[Summary.Value(tag=f"{PICTURES}/{name}", image=image)])


def write_bands(folder: Path, curves: Mapping[str, Band]) -> None:
    """Writes a TensorBoard run of its own whose margin charts show these curves, instead of what it held before. Files
    count epochs from 0, and the dashboard those that are done.

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
            writer.add_event(Event(wall_time=now, step=int(epoch) + 1, summary=Summary(value=values)))
    writer.close()
