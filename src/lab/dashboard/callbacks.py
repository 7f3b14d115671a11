"""What puts the figures of a run where they are looked at: TensorBoard and the run's folder."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from pytorch_lightning import Callback, Trainer
from pytorch_lightning.loggers import TensorBoardLogger
from tensorboard.compat.proto.event_pb2 import Event

from .. import private
from ..doing import say
from . import events
from .graph import graph_def
from .views import Drawing, Views, plain, views_of

T = TypeVar("T")

log = logging.getLogger(__name__)

MOMENTS = 4  # at which what changes while a network learns is drawn
SHARE = 0.05  # of the time since the start of training, for drawing in between; what is left over is drawn at the end
FIRST = 2.0  # seconds that the first drawing is expected to take


class Dashboard(Callback):
    """Puts a run's figures into TensorBoard and, at the end, as PNG files into its folder; the layout of the charts,
    the network's graph and the projector's points into TensorBoard alone.

    Args:
        folder: of the PNG files.
        figures: of `single` runs alone, `always`, or `never`; the graph and the projector go with them.
        swept: whether the run is one of a sweep.
        views: the class that tells what there is to be seen of the module.
        monitor: the metric that has a chart beside the losses.
    """

    def __init__(
        self,
        folder: str | Path,
        figures: Literal["single", "always", "never"],
        swept: bool,
        views: str | None = None,
        monitor: str | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.swept = swept
        self.draws = figures == "always" or (figures == "single" and not swept)
        self.views = views
        self.monitor = monitor
        self.waiting: deque[tuple[int, str, Drawing]] = deque()
        self.spent, self.longest = 0.0, FIRST
        self.failed: set[str] = set()  # what could not be drawn

    def on_fit_start(self, trainer: Trainer, pl_module: Any) -> None:
        self.start, self.due = time.perf_counter(), trainer.current_epoch
        own = views_of(pl_module, self.views)
        layout = events.layout(events.training(self.monitor), self._tried("the layout of the charts", own.layout) or {})
        for writer in _writers(trainer):
            writer.add_summary(layout)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        epochs = trainer.current_epoch + 1
        every = (trainer.max_epochs or MOMENTS) / MOMENTS
        if self.draws and epochs // every > self.due // every and epochs != trainer.max_epochs:
            self._take(epochs, views_of(pl_module, self.views), final=False)
            while self.waiting and self.spent + self.longest < SHARE * (time.perf_counter() - self.start):
                self._draw(trainer)
        self.due = epochs

    def on_test_end(self, trainer: Trainer, pl_module: Any) -> None:
        if not self.draws or not trainer.is_global_zero or trainer.fast_dev_run:  # type: ignore[attr-defined]
            return
        views = views_of(pl_module, self.views)
        self._take(trainer.current_epoch, views, final=True)
        drawn = 0
        while self.waiting:
            say(f"drawing {self.waiting[0][1]}, {len(self.waiting)} to go", hidden=self.swept)
            drawn += self._draw(trainer, kept=self.waiting[0][0] == trainer.current_epoch)
        log.info("%d figures are drawn", drawn)
        layers, embedding = (
            self._tried("the graph", views.layers),
            self._tried("the projector's points", views.embedding),
        )
        for writer in _writers(trainer):
            if layers:
                writer.add_event(Event(graph_def=graph_def(layers).SerializeToString()))
        for logger in _boards(trainer):
            if embedding:
                rounded = embedding.features.double().cpu().numpy().round(2)  # it is written as text
                images = plain(embedding.images)
                logger.experiment.add_embedding(rounded, embedding.labels, images, tag=embedding.title)

    def _take(self, epochs: int, views: Views, final: bool) -> None:
        drawings = self._tried("figures", lambda: views.figures(final)) or {}
        self.waiting += [(epochs, name, drawing) for name, drawing in drawings.items()]

    def _draw(self, trainer: Trainer, kept: bool = False) -> bool:
        """The figure that waits longest; whether it could be drawn."""
        from .style import png

        start = time.perf_counter()
        epochs, name, drawing = self.waiting.popleft()
        data = self._tried(f"the figure {name!r}", lambda: png(drawing()))
        if data:
            for writer in _writers(trainer):
                writer.add_summary(events.picture(name, data), epochs)
            if kept:
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / f"{name.replace(' ', '_')}.png").write_bytes(data)
        self.longest = time.perf_counter() - start
        self.spent += self.longest
        return data is not None

    def _tried(self, what: str, make: Callable[[], T]) -> T | None:
        """What is made; None where that fails, and the first time a warning: what was measured is worth more."""
        try:
            return make()
        except Exception as error:
            said = " ".join(str(error).split())
            known = what in self.failed
            log.log(
                logging.INFO if known else logging.WARNING, "not drawn: %s (%s: %s)", what, type(error).__name__, said
            )
            log.info("where drawing failed", exc_info=True)
            self.failed.add(what)
            return None


def _boards(trainer: Trainer) -> Iterator[TensorBoardLogger]:
    """The TensorBoard loggers, if this process is the one that writes."""
    if trainer.is_global_zero:
        yield from (logger for logger in trainer.loggers if isinstance(logger, TensorBoardLogger))


def _writers(trainer: Trainer) -> Iterator[Any]:
    yield from map(private.file_writer, _boards(trainer))
