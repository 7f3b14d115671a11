"""The LightningModule that hosts a minidl network, or several that are trained at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from src.experiments.disk.area import area_error
from src.experiments.disk.data import Points
from src.experiments.disk.history import Course, spread
from src.experiments.disk.native_loop import NativeLoop
from src.experiments.disk.views import DiskShown
from src.minidl import Loop, Loss, Optimizer, Parameter, Sequential, evaluate
from src.minidl.schedules import Schedule


class DiskModule(LightningModule):
    """Its parameters are the network's own memory, for Lightning to move, save and restore; `NativeLoop` trains them.

    Logs, for each of `train`, `val`, `test`: `loss` and `error` (percent) in evaluation mode, where the native loop
    pauses, and at the end `test/area_error` and `val/saturation_epoch`. Of several networks it is the mean over those
    that have not diverged.

    Args:
        network: of one run or, with a leading dimension, of `runs`.
        optimizer: from parameters to a minidl optimizer.
        schedule: from the epoch to a factor of the learning rate.
        loss: of outputs and targets.
        seed: of the order of the first network's mini-batches; of network r, `seed + r`.
        runs: networks trained at once.
        batch_size: training points a step.
        threshold: a single output above it means inside.
        epochs_per_step: epochs that the native loop runs before Lightning measures, logs and saves.
        stop_gradient: a network is trained until the magnitude of its gradient falls under this (report A).
    """

    def __init__(
        self,
        network: Sequential,
        optimizer: Callable[[Sequence[Parameter]], Optimizer],
        schedule: Schedule | None,
        loss: Loss,
        seed: int,
        runs: int,
        batch_size: int,
        threshold: float,
        epochs_per_step: int,
        stop_gradient: float | None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.network = network
        self.make_optimizer = optimizer
        self.schedule = schedule
        self.loss = loss
        self.seeds = [seed + r for r in range(runs)]
        self.batch_size = batch_size
        self.threshold = threshold
        self.epochs_per_step = epochs_per_step
        self.stop_gradient = stop_gradient
        self.measured: dict[str, Tensor] = {}  # by metric: (runs,)
        self.spreads: dict[str, tuple[Tensor, Tensor]] = {}  # by metric: mean and std over the networks
        self.run_epochs = [0] * runs  # that each network has been trained for
        self.course = Course(epochs_per_step)
        self.shown = DiskShown(self)
        self.samples = 0  # points trained on in the last step that Lightning counts
        self.weights = nn.ParameterDict()
        for name, p in network.named_parameters().items():
            self.weights[name.replace(".", "_")] = nn.Parameter(p.value, requires_grad=False)

    def bind(self) -> None:
        """Brings the network to where Lightning has moved `weights`, and makes them one memory again."""
        pairs = list(zip(self.network.parameters(), self.weights.values(), strict=True))
        if any(p.value.data_ptr() != weight.data_ptr() for p, weight in pairs):
            self.network.to(self.device)
            for p, weight in pairs:
                weight.data = p.value.copy_(weight)

    def native_loop(self, points: Points) -> Loop:
        """The loop that trains the network on these points."""
        self.loop = Loop(
            self.network,
            self.loss,
            self.make_optimizer(self.network.parameters()),
            *points,
            batch_size=self.batch_size,
            seed=self.seeds if len(self.seeds) > 1 else self.seeds[0],
            schedule=self.schedule,
            stop_gradient=self.stop_gradient,
            diverged="keep",  # the other networks go on; where there is none, StopWhenDiverged ends the run
        )
        return self.loop

    @property
    def run_metrics(self) -> list[dict[str, float]]:
        """Each network's own figures, as they were measured last."""
        columns = {name: values.tolist() for name, values in self.measured.items()}
        return [{name: column[r] for name, column in columns.items()} for r in range(len(self.seeds))]

    def configure_callbacks(self) -> NativeLoop:
        return NativeLoop(self.epochs_per_step)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """What Lightning counts steps by: it finds no gradients, and changes nothing."""
        return torch.optim.SGD(self.parameters(), lr=0.0)

    def training_step(self, batch: Points, batch_idx: int) -> None:
        """The native loop has just trained: Lightning counts it, and measures what came of it."""
        optimizer: Any = self.optimizers()
        optimizer.step()
        self.course.add(self.current_epoch + 1, self._measure("train", batch))

    def validation_step(self, batch: Points, batch_idx: int) -> None:
        self.course.add(self.current_epoch + 1, self._measure("val", batch))

    def test_step(self, batch: Points, batch_idx: int, dataloader_idx: int) -> None:
        """The test points come first, the grid second."""
        if dataloader_idx == 0:
            self._measure("test", batch)
        else:
            figures = {"test/area_error": area_error(self.network, batch, self.threshold).view(-1)}
            if "val/error" in self.course.figures:  # not where a checkpoint is tested again
                figures["val/saturation_epoch"] = self.course.saturation()
            self._log(figures, self.measured["test/loss"])

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["measured"] = self.measured
        checkpoint["course"] = self.course.state_dict()
        checkpoint["run_epochs"] = self.run_epochs

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Goes on with the figures too; not where the best weights are fetched for the test."""
        if self.trainer.state.fn == "fit":
            self.measured = checkpoint["measured"]
            self.course.load_state_dict(checkpoint["course"])
            self.run_epochs = checkpoint["run_epochs"]

    def stds(self) -> dict[str, float]:
        """Over the networks trained at once, of what was measured last; of a single one, none."""
        return {name: float(std) for name, (_, std) in self.spreads.items() if len(self.seeds) > 1}

    def _measure(self, split: str, points: Points) -> dict[str, Tensor]:
        found = evaluate(self.network, self.loss, *points, threshold=self.threshold)
        figures = {f"{split}/{name}": found[name].view(-1) for name in ("loss", "error")}
        # "step" is how Lightning is told the x axis: epochs, the same for every batch size.
        self._log(figures, figures[f"{split}/loss"], step=float(self.current_epoch))
        return figures

    def _log(self, figures: dict[str, Tensor], loss: Tensor, **more: float) -> None:
        self.measured |= figures
        self.spreads |= {name: spread(values, loss) for name, values in figures.items()}
        means: dict[str, Any] = {name: self.spreads[name][0] for name in figures}
        self.log_dict(means | more, on_step=False, on_epoch=True, batch_size=1, add_dataloader_idx=False)
