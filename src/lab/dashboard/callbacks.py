"""What puts the numbers and the figures of a run where they are looked at: its loggers and its folder."""

from __future__ import annotations

import shlex
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from omegaconf import OmegaConf
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.loggers import TensorBoardLogger
from tensorboard.compat.proto.event_pb2 import Event
from torch import Tensor

from src.lab.dashboard import events
from src.lab.dashboard.graph import Layer, graph_def

if TYPE_CHECKING:  # matplotlib is for those who draw
    from matplotlib.figure import Figure

Drawing = Callable[[], "Figure"]  # of what was measured when it was made

MOMENTS = 4  # at which what changes while a network learns is drawn
SHARE = 0.05  # of the time since the start of training, for drawing in between; what is left over is drawn at the end
FIRST = 2.0  # seconds that the first drawing is expected to take


class Embedding(NamedTuple):
    """Points `(n, features)` for the projector, with a label and an image `(n, 1, h, w)` in 0 to 1 for each."""

    features: Tensor
    labels: list[str]
    images: Tensor


class Shown:
    """What a LightningModule tells of itself, as its attribute `shown`: nothing, unless a subclass says it. None of it
    may draw from chance.
    """

    def vitals(self) -> dict[str, float]:
        """Now: `lr`, `gradient_norm` of the last step, `samples` trained on since the epoch began, and whatever else
        is to be logged, under a tag with a slash.
        """
        return {}

    def figures(self, final: bool) -> dict[str, Drawing]:
        """By name: those that change with training or, at the end, all. What is drawn is fixed now."""
        return {}

    def layers(self) -> list[Layer]:
        """Of the network, for the graph."""
        return []

    def embedding(self) -> Embedding | None:
        """Of the network's features, where there are any."""
        return None

    def layout(self) -> events.Layout:
        """Charts of the custom scalars tab beside `events.TRAINING`."""
        return {}


def _shown(module: LightningModule) -> Shown:
    found = getattr(module, "shown", None)
    return found if isinstance(found, Shown) else Shown()


class Vitals(Callback):
    """Logs an epoch's learning rate, gradient norm, seconds, and samples a second, to all loggers."""

    def on_train_epoch_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.epoch, self.start = trainer.current_epoch, time.perf_counter()

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        self.trained = time.perf_counter()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        vitals = _shown(pl_module).vitals()
        epochs = trainer.current_epoch + 1 - self.epoch  # of a native loop, several
        named = {f"optimizer/{name}": vitals.pop(name) for name in ("lr", "gradient_norm") if name in vitals}
        if samples := vitals.pop("samples", 0):
            named["time/samples_per_second"] = samples / (self.trained - self.start)
        named["time/seconds_per_epoch"] = (time.perf_counter() - self.start) / epochs
        for logger in trainer.loggers:
            logger.log_metrics(named | vitals, step=trainer.current_epoch)


class Dashboard(Callback):
    """Puts a run's figures into TensorBoard and, at the end, as PNG files into its folder; the configuration, the
    command, the layout of the charts, the network's graph, the projector's points into TensorBoard alone.

    Args:
        folder: of the run.
        figures: of `single` runs alone, `always`, or `never`; the graph and the projector go with them.
        swept: whether the run is one of a sweep.
    """

    def __init__(self, folder: str | Path, figures: Literal["single", "always", "never"], swept: bool) -> None:
        self.folder = Path(folder) / "figures"
        self.draws = figures == "always" or (figures == "single" and not swept)
        self.waiting: deque[tuple[int, str, Drawing]] = deque()
        self.spent, self.longest = 0.0, FIRST

    def on_fit_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.start, self.due = time.perf_counter(), trainer.current_epoch
        for writer in _writers(trainer):
            configuration = OmegaConf.to_yaml(dict(pl_module.hparams))
            writer.add_text("configuration", f"```yaml\n{configuration}```")
            writer.add_text("command", f"`{command(pl_module.hparams['job']['overrides'])}`")
            writer._get_file_writer().add_summary(events.layout(events.TRAINING, _shown(pl_module).layout()))

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        epochs = trainer.current_epoch + 1
        every = (trainer.max_epochs or MOMENTS) / MOMENTS
        if self.draws and epochs // every > self.due // every and epochs != trainer.max_epochs:
            self._take(epochs, _shown(pl_module), final=False)
            while self.waiting and self.spent + self.longest < SHARE * (time.perf_counter() - self.start):
                self._draw(trainer)
        self.due = epochs

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        if not self.draws or not trainer.is_global_zero or trainer.fast_dev_run:  # type: ignore[attr-defined]
            return
        self._take(trainer.current_epoch, _shown(pl_module), final=True)
        while self.waiting:
            self._draw(trainer, kept=self.waiting[0][0] == trainer.current_epoch)
        for writer in _writers(trainer):
            if layers := _shown(pl_module).layers():
                graph = graph_def(layers).SerializeToString()
                writer._get_file_writer().add_event(Event(graph_def=graph))
            if embedding := _shown(pl_module).embedding():
                rounded = embedding.features.double().cpu().numpy().round(2)  # it is written as text
                writer.add_embedding(rounded, embedding.labels, embedding.images.cpu(), tag="digit features")

    def _take(self, epochs: int, shown: Shown, final: bool) -> None:
        self.waiting += [(epochs, name, drawing) for name, drawing in shown.figures(final).items()]

    def _draw(self, trainer: Trainer, kept: bool = False) -> None:
        """The figure that waits longest."""
        from src.lab.dashboard.style import png

        start = time.perf_counter()
        epochs, name, drawing = self.waiting.popleft()
        data = png(drawing())
        for writer in _writers(trainer):
            writer._get_file_writer().add_summary(events.picture(name, data), epochs)
        if kept:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name.replace(' ', '_')}.png").write_bytes(data)
        self.longest = time.perf_counter() - start
        self.spent += self.longest


def command(overrides: list[str]) -> str:
    """What makes the same run again."""
    return shlex.join(["python", "-m", "src.train", *overrides])


def _writers(trainer: Trainer) -> Iterator[Any]:
    """Of the TensorBoard loggers, if this process is the one that writes."""
    if trainer.is_global_zero:
        yield from (logger.experiment for logger in trainer.loggers if isinstance(logger, TensorBoardLogger))
