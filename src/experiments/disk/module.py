"""The LightningModule that hosts a minidl network, or several that are trained at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from src.lab.many import Figures
from src.lab.module import Extras
from src.minidl import Loop, Loss, Optimizer, Parameter, evaluate
from src.minidl.schedules import Schedule

from .area import area_error
from .data import Points
from .history import History
from .native_loop import NativeLoop
from .networks import mlp
from .schema import DiskModel


class DiskModule(Extras, LightningModule):
    """Its parameters are the networks' own memory, for Lightning to move, save and restore; `NativeLoop` trains them.

    Logs, for each of `train`, `val`, `test`: `loss` and `error` (percent) in evaluation mode, where the native loop
    pauses, and at the end `test/area_error` and `val/saturation_epoch`: means over the networks that didn't diverge.

    Args:
        optimizer: from parameters to a minidl optimizer.
        schedule: from the epoch to a factor of the learning rate.
        loss: of outputs and targets.
        seed: of the first network's weights, and of the order of its mini-batches; of network r, `seed + r`.
        runs: networks trained at once.
        batch_size: training points a step.
        settings: the knobs of the model.
    """

    def __init__(
        self,
        optimizer: Callable[[Sequence[Parameter]], Optimizer],
        schedule: Schedule | None,
        loss: Loss,
        seed: int,
        runs: int,
        batch_size: int,
        settings: DiskModel,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.network = mlp(settings, runs, seed)
        self.make_optimizer = optimizer
        self.schedule = schedule
        self.loss = loss
        self.seeds = [seed + r for r in range(runs)]
        self.batch_size = batch_size
        self.settings = settings
        self.measured = Figures()
        self.trained_epochs = [0] * runs  # of each network
        self.history = History(settings.epochs_per_step)
        self.samples = 0  # points trained on in the last step that Lightning counts
        self.weights = nn.ParameterDict()
        for name, p in self.network.named_parameters().items():
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
            stop_gradient=self.settings.stop_gradient,
            diverged="keep",  # the other networks go on; where there is none, StopWhenDiverged ends the run
        )
        return self.loop

    def network_metrics(self) -> list[dict[str, float]]:
        return self.measured.each()

    def network_epochs(self) -> list[int]:
        return self.trained_epochs

    def derived(self, metrics: dict[str, float]) -> dict[str, float]:  # of each error what it leaves of 100 %
        return {name.replace("error", "accuracy"): 100 - value for name, value in metrics.items() if "error" in name}

    def configure_callbacks(self) -> NativeLoop:
        return NativeLoop(self.settings.epochs_per_step)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Lightning counts the steps of this one; without gradients, they change nothing."""
        return torch.optim.SGD(self.parameters(), lr=0.0)

    def training_step(self, batch: Points, batch_idx: int) -> None:
        """The native loop has just trained: Lightning counts it, and measures what came of it."""
        self.optimizers().step()  # type: ignore[union-attr]
        self.history.add(self.current_epoch + 1, self._measure("train", batch))

    def validation_step(self, batch: Points, batch_idx: int) -> None:
        self.history.add(self.current_epoch + 1, self._measure("val", batch))

    def test_step(self, batch: Points, batch_idx: int, dataloader_idx: int) -> None:
        """The test points come first, the grid second."""
        if dataloader_idx == 0:
            self._measure("test", batch)
        else:
            figures = {"test/area_error": area_error(self.network, batch, self.settings.threshold).view(-1)}
            if "val/error" in self.history.figures:  # not where a checkpoint is tested again
                figures["val/saturation_epoch"] = self.history.saturation()
            self._log(figures, self.measured.last["test/loss"])

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        history, epochs = self.history.state_dict(), self.trained_epochs
        checkpoint |= {"measured": self.measured.last, "history": history, "trained_epochs": epochs}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restores the figures where training goes on, not where the best weights are loaded for the test."""
        if self.trainer.state.fn == "fit":
            self.measured.last = checkpoint["measured"]
            self.history.load_state_dict(checkpoint["history"])
            self.trained_epochs = checkpoint["trained_epochs"]

    def stds(self) -> dict[str, float]:
        return self.measured.stds() if len(self.seeds) > 1 else {}

    def _measure(self, split: str, points: Points) -> dict[str, Tensor]:
        found = evaluate(self.network, self.loss, *points, threshold=self.settings.threshold)
        figures = {f"{split}/{name}": found[name].view(-1) for name in ("loss", "error")}
        self._log(figures, figures[f"{split}/loss"])
        return figures

    def _log(self, figures: dict[str, Tensor], loss: Tensor) -> None:
        means = self.measured.add(figures, loss)
        self.log_dict(means, on_step=False, on_epoch=True, batch_size=1, add_dataloader_idx=False)
