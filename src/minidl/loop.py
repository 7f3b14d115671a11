"""The training loop: epochs of mini-batches in a seeded order, that can stop after any epoch and go on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any, Literal, Self

from torch import Tensor, device

from .data import permutation, pick
from .epoch import EpochRecord, as_list, gradient_magnitude, train_epoch
from .losses import Loss
from .module import Module
from .optimizer import Optimizer
from .schedules import Schedule, constant


class Loop:
    """Trains a network for some epochs and, if asked, for some more: `run(2)` twice is `run(4)`, bit for bit.

    Args:
        net: what to train.
        loss: whose targets are checked once.
        optimizer: of `net.parameters()`.
        inputs: (samples, features) for all runs, or (runs, samples, features).
        targets: likewise; class indices without `features`.
        batch_size: all samples if None. What doesn't fill a batch is a smaller last one.
        seed: of the samples' order in each epoch: one for all runs, or one for each (its order alone).
        schedule: epoch → factor of the learning rate.
        stop_gradient: a run stops after the epoch whose `EpochRecord.gradient` is below this, and keeps its
            parameters while others go on.
        diverged: "raise" FloatingPointError after an epoch whose loss isn't finite, or "keep" the others going.

    Attributes:
        epoch, history: how many epochs are done, and the record of each.
        stopped: "gradient" or "callback" where there will be no more, else None.
    """

    def __init__(
        self,
        net: Module,
        loss: Loss,
        optimizer: Optimizer,
        inputs: Tensor,
        targets: Tensor,
        batch_size: int | None = None,
        seed: int | Sequence[int] = 0,
        schedule: Schedule | None = None,
        stop_gradient: float | None = None,
        diverged: Literal["raise", "keep"] = "raise",
    ) -> None:
        self.net, self.loss, self.optimizer = net, loss, optimizer
        self.inputs, self.targets = inputs.detach(), targets.detach()
        self.seed, self.schedule = seed, schedule or constant()
        self.stop_gradient, self.diverged = stop_gradient, diverged
        self.samples, self._dim = inputs.shape[-2], loss.sample_dim(targets)
        if targets.shape[self._dim] != self.samples:
            raise ValueError(f"inputs {tuple(inputs.shape)} and targets {tuple(targets.shape)} differ in samples")
        self.batch_size = self.samples if batch_size is None else batch_size
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        self.epoch, self.history = 0, list[EpochRecord]()
        self.stopped: str | None = None
        self._frozen: dict[int, int] = {}  # by run that `stop_gradient` has stopped: for how many epochs it was trained

    @property
    def trained(self) -> list[int]:
        """For how many epochs each run was trained."""
        runs = len(self.history[-1].loss) if self.history else 0
        return [self._frozen.get(run, self.epoch) for run in range(runs)]

    def run(self, epochs: int, callbacks: Iterable["Callback"] = ()) -> list[EpochRecord]:
        """Train for so many epochs more, or until stopped; returns the whole history.

        Raises:
            FloatingPointError: a loss isn't finite, and `diverged` is "raise".
        """
        callbacks = list(callbacks)
        while epochs > 0 and not self.stopped:
            epochs -= 1
            record = self._train_epoch()
            self.history.append(record)
            self.epoch += 1
            if record.gradient is not None and len(self._frozen) == len(record.gradient):
                self.stopped = "gradient"
            if any([callback(self, record) is True for callback in callbacks]):  # noqa: C419 - every one is called
                self.stopped = "callback"
        return self.history

    def _train_epoch(self) -> EpochRecord:
        self.net.train()
        self.optimizer.lr_factor = self.schedule(self.epoch)
        stopped = self.net.parameters() if self._frozen else []
        frozen = list(self._frozen)
        kept = [p.value[frozen] for p in stopped]  # a copy, as the index is a list
        losses = as_list(self._train_batches())
        for p, value in zip(stopped, kept, strict=True):
            p.value[frozen] = value
        losses = [self.history[-1].loss[run] if run in frozen else loss for run, loss in enumerate(losses)]
        runs = [run for run, loss in enumerate(losses) if not isfinite(loss)]
        if runs and self.diverged == "raise":
            raise FloatingPointError(
                f"epoch {self.epoch}: the loss of {self.loss!r} is {losses[runs[0]]} in run(s) {runs} of "
                f"{len(losses)}, at learning rate {self.optimizer.lr * self.optimizer.lr_factor:g}"
            )
        gradient = None
        if self.stop_gradient is not None:
            gradient = as_list(gradient_magnitude(self.net, self.loss, self.optimizer, self.inputs, self.targets))
            done = {run: self.epoch + 1 for run, size in enumerate(gradient) if size < self.stop_gradient}
            self._frozen = done | self._frozen
        return EpochRecord(self.epoch, self.optimizer.lr * self.optimizer.lr_factor, losses, gradient)

    def _train_batches(self) -> Tensor:
        """One step for each batch; returns the epoch's loss, () or (runs,)."""
        order = permutation(self.samples, self.seed, self.epoch, self.inputs.device)
        inputs, targets = pick(self.inputs, order, -2), pick(self.targets, order, self._dim)
        return train_epoch(self.net, self.loss, self.optimizer, inputs, targets, self.batch_size, not self.history)

    def to(self, device: device | str) -> Self:
        """Move network and data; the optimizer follows."""
        self.net.to(device)
        self.inputs, self.targets = self.inputs.to(device), self.targets.to(device)
        return self

    def state_dict(self) -> dict[str, Any]:
        """All that it takes to go on bit for bit: plain tensors and Python's own types.

        What is drawn without a generator of the network's comes from torch's own, for the caller to save.
        """
        return {
            "epoch": self.epoch,
            "stopped": self.stopped,
            "frozen": dict(self._frozen),
            "history": [asdict(record) for record in self.history],
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generators": [generator.get_state() for generator in self.net.generators()],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there, with network, loss, optimizer and data made as they were then."""
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        for generator, saved in zip(self.net.generators(), state["generators"], strict=True):
            generator.set_state(saved)
        self.epoch, self.stopped, self._frozen = state["epoch"], state["stopped"], dict(state["frozen"])
        self.history = [EpochRecord(**record) for record in state["history"]]


Callback = Callable[[Loop, EpochRecord], object]  # called after each epoch; one that returns True is the last
