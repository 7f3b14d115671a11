"""The LightningModule that trains any pairs network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from src.lab.module import Extras

from .data import Pairs
from .layers import uniform_fan_in
from .networks import Prediction, mean_probability, with_neighbours
from .objective import Objective
from .optimizing import optimizing
from .ranks import Ranks
from .readout import accuracies, errors
from .schema import PairsModel


class PairsModule(Extras, LightningModule):
    """Minimises an `Objective`. Logs, once an epoch and for each of `train`, `val`, `test`: `loss`, and the errors of
    `readout.errors`. Those of `train` are averages over the epoch's steps, in training mode.

    Args:
        network: images `(batch, 2, 14, 14)` to a `Prediction`.
        optimizer: from groups of parameters to an optimizer; weight decay is for matrices and kernels alone.
        schedule: from an optimizer, and the number of steps where it asks for them, to a learning-rate scheduler.
        settings: the knobs of the model.
    """

    items = 0  # the dimension in which batches have one pair after the other

    def __init__(
        self,
        network: nn.Module,
        optimizer: Callable[[list[dict[str, Any]]], torch.optim.Optimizer],
        schedule: Callable[..., torch.optim.lr_scheduler.LRScheduler] | None,
        settings: PairsModel,
    ) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)  # 1.4 times as fast on a CPU
        if settings.init == "uniform_fan_in":
            uniform_fan_in(self.network)
        self.make_optimizer = optimizer
        self.make_schedule = schedule
        self.settings = settings
        self.objective = Objective(settings)
        self.seen: dict[str, list[tuple[Tensor, Prediction, Pairs]]] = {}  # by split: each step of an epoch
        self.epochs = 1  # of the whole training
        self.samples = 0  # trained on in the last epoch
        self.gradient_norm = 0.0  # of its last step
        self.ranks: Ranks | None = None  # where several processes train it
        self.judged: tuple[str, Prediction, Pairs]  # what was evaluated last, and of which split

    def shown(self) -> nn.Module:
        """The network that the dashboard shows."""
        return self.network

    def forward(self, images: Tensor) -> Prediction:
        prediction: Prediction = self.network(images)
        return prediction

    def setup(self, stage: str) -> None:
        self.ranks = Ranks(self.network, self.trainer) if self.trainer.world_size > 1 else None

    def on_fit_start(self) -> None:
        self.epochs = self.trainer.max_epochs or 1

    def on_train_batch_start(self, batch: Pairs, batch_idx: int) -> None:
        if self.ranks:
            self.ranks.begin(batch_idx)

    def training_step(self, batch: Pairs, batch_idx: int) -> Tensor:
        loss = self._step("train", batch)
        return self.ranks.weighted(loss, batch_idx) if self.ranks else loss

    def validation_step(self, batch: Pairs, batch_idx: int) -> None:
        self._step("val", batch)

    def test_step(self, batch: Pairs, batch_idx: int) -> None:
        if self.settings.shifts:
            digits = [self(images).digits for images in with_neighbours(batch.images)]
            self._see("test", Prediction(digits=mean_probability(torch.stack(digits))), batch)
        else:
            self._step("test", batch)

    def on_train_batch_end(self, outputs: Any, batch: Pairs, batch_idx: int) -> None:
        if self.trainer.is_last_batch:  # validation drops the gradients, and the epoch's end needs the metrics
            self.gradient_norm = float(
                nn.utils.get_total_norm([p.grad for p in self.parameters() if p.grad is not None])
            )
            self._log_epoch("train")

    def on_validation_epoch_end(self) -> None:
        self._log_epoch("val")

    def on_test_epoch_end(self) -> None:
        self._log_epoch("test")

    def configure_optimizers(self) -> Any:
        return optimizing(
            list(self.parameters()),
            self.make_optimizer,
            self.make_schedule,
            lambda: self.trainer.estimated_stepping_batches,
        )

    def derived(self, metrics: dict[str, float]) -> dict[str, float]:
        return accuracies(metrics)

    def _step(self, split: str, batch: Pairs) -> Tensor:
        return self._see(split, self(batch.images), batch)

    def _see(self, split: str, prediction: Prediction, batch: Pairs) -> Tensor:
        """Keeps what the epoch's metrics are made of: logging at each step would cost half as much as the step."""
        progress = self.current_epoch / max(1, self.epochs - 1)
        loss = self.objective.loss(prediction, batch, progress, self.training)
        self.seen.setdefault(split, []).append((loss.detach(), prediction.detach(), batch))
        return loss

    def _log_epoch(self, split: str) -> None:
        seen = self.seen.pop(split)
        losses, predictions, batches = zip(*(self.ranks.gathered(split, seen) if self.ranks else seen), strict=True)
        sizes = torch.tensor([batch.target.shape[-1] for batch in batches], device=self.device)
        pairs = Pairs(*(torch.cat(parts, self.items) for parts in zip(*batches, strict=True)))
        loss = (torch.stack(losses, -1) * sizes).sum(-1) / sizes.sum()
        prediction = Prediction.cat(predictions, self.items)
        if split == "train":
            self.samples = pairs.target.numel()
        else:
            self.judged = split, prediction, pairs
        metrics = {"loss": loss, **self._errors(prediction, pairs)}
        kept = ("loss", "error", "digit_error") if split == "train" else metrics  # each takes a third of a millisecond
        named = {f"{split}/{name}": metrics[name] for name in kept if name in metrics}
        self._log(named, pairs.target.numel())

    def _errors(self, prediction: Prediction, pairs: Pairs) -> dict[str, Tensor]:
        if not self.objective.names_digits and self.settings.readout == "head":
            prediction = prediction._replace(digits=None)
        return errors(prediction, pairs, self.settings.readout, self.settings.sharpness)

    def _log(self, figures: dict[str, Tensor], size: int) -> None:
        self.log_dict(figures, on_step=False, on_epoch=True, batch_size=size, sync_dist=True)
