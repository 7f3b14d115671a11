"""The callback that plugs minidl's own loop into Lightning."""

from __future__ import annotations

from typing import Any

import torch
from pytorch_lightning import Callback, Trainer

from src.minidl import Loop


class NativeLoop(Callback):
    """Runs the native loop, some whole epochs for each step that Lightning counts; `trainer.current_epoch` counts the
    loop's epochs.

    It pauses at every multiple of `epochs`, wherever it started, and at the last epoch.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.loop: Loop | None = None
        self.saved: dict[str, Any] = {}

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        pl_module.bind()
        loader: Any = trainer.train_dataloader  # of one batch, all points
        self.loop = pl_module.native_loop(*loader)
        if self.saved:
            self.loop.load_state_dict({**self.saved, "net": pl_module.network.state_dict()})

    @torch.no_grad()  # Lightning has switched gradients on, and they cost time where nothing needs them
    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        assert self.loop is not None and trainer.max_epochs is not None
        done = trainer.current_epoch
        self.loop.run(min(self.epochs - done % self.epochs, trainer.max_epochs - done))
        pl_module.trained_epochs = self.loop.trained
        pl_module.samples = (self.loop.epoch - done) * self.loop.samples * len(self.loop.trained)
        del self.loop.history[:-1]  # its figures are logged; kept, they would swell every checkpoint
        progress = trainer.fit_loop.epoch_progress
        for count in progress.total, progress.current:
            count.increment_by(self.loop.epoch - done - 1)  # Lightning counts one by itself
        trainer.should_stop |= self.loop.stopped is not None

    def on_validation_start(self, trainer: Trainer, pl_module: Any) -> None:
        pl_module.bind()

    def on_test_start(self, trainer: Trainer, pl_module: Any) -> None:
        pl_module.bind()

    def state_dict(self) -> dict[str, Any]:
        """What it takes to go on bit for bit, but for the weights, which are the module's."""
        state = {} if self.loop is None else self.loop.state_dict()
        return {name: value for name, value in state.items() if name != "net"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.saved = state_dict
