"""The LightningModule that trains any pairs network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from src.experiments.pairs.data import Pairs
from src.experiments.pairs.layers import uniform_fan_in
from src.experiments.pairs.networks import Prediction, mean_probability, shifted
from src.experiments.pairs.objective import AuxSchedule, Objective
from src.experiments.pairs.readout import Readout, errors
from src.experiments.pairs.views import PairsShown
from src.lab.data import stream


class PairsModule(LightningModule):
    """Minimises an `Objective`. Logs, once an epoch and for each of `train`, `val`, `test`: `loss`, and the errors of
    `readout.errors`. Those of `train` are averages over the epoch's steps, in training mode.

    Args:
        network: images `(batch, 2, 14, 14)` to a `Prediction`.
        optimizer: from groups of parameters to an optimizer; weight decay is for matrices and kernels alone.
        schedule: from an optimizer and the number of steps to a learning-rate scheduler that steps with it.
        seed: with the epoch, seeds what the network draws (dropout), so that a resumed run needs no stored generator.
        aux_weight, aux_schedule, label_smoothing: see `Objective`.
        readout: how the pair is decided.
        sharpness: the power that the digits' probabilities are raised to before `bayes` decides.
        shifts: average the digits' probabilities over the image and four neighbours by a pixel, at test.
        init: `default` is PyTorch's, `uniform_fan_in` report A's.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: Callable[[list[dict[str, Any]]], torch.optim.Optimizer],
        schedule: Callable[..., torch.optim.lr_scheduler.LRScheduler] | None,
        seed: int,
        aux_weight: float = 0.0,
        aux_schedule: AuxSchedule = "constant",
        label_smoothing: float = 0.0,
        readout: Readout = "head",
        sharpness: float = 1.0,
        shifts: bool = False,
        init: Literal["default", "uniform_fan_in"] = "default",
    ) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)  # 1.4 times as fast on a CPU
        if init == "uniform_fan_in":
            uniform_fan_in(self.network)
        self.make_optimizer = optimizer
        self.make_schedule = schedule
        self.seed = seed
        self.objective = Objective(aux_weight, aux_schedule, label_smoothing)
        self.readout = readout
        self.sharpness = sharpness
        self.shifts = shifts
        self.shown = PairsShown(self)
        self.seen: dict[str, list[tuple[Tensor, Prediction, Pairs]]] = {}  # by split: each step of an epoch
        self.samples = 0  # trained on in the last epoch
        self.gradient_norm = 0.0  # of its last step
        self.judged: tuple[str, Prediction, Pairs]  # what was evaluated last, and of which split

    def forward(self, images: Tensor) -> Prediction:
        prediction: Prediction = self.network(images)
        return prediction

    def on_train_epoch_start(self) -> None:
        torch.manual_seed(stream(self.seed, self.current_epoch, self.global_rank))

    def training_step(self, batch: Pairs, batch_idx: int) -> Tensor:
        return self._step("train", batch)

    def validation_step(self, batch: Pairs, batch_idx: int) -> None:
        self._step("val", batch)

    def test_step(self, batch: Pairs, batch_idx: int) -> None:
        if self.shifts:
            digits = [self(images).digits for images in shifted(batch.images)]
            self._see("test", Prediction(digits=mean_probability(torch.stack(digits))), batch)
        else:
            self._step("test", batch)

    def on_train_batch_end(self, outputs: Any, batch: Pairs, batch_idx: int) -> None:
        if self.trainer.is_last_batch:  # before validation drops the gradients, and the epoch's end wants the figures
            self.gradient_norm = float(
                nn.utils.get_total_norm([p.grad for p in self.parameters() if p.grad is not None])
            )
            self._log_epoch("train")

    def on_validation_epoch_end(self) -> None:
        self._log_epoch("val")

    def on_test_epoch_end(self) -> None:
        self._log_epoch("test")

    def configure_optimizers(self) -> Any:
        parameters = list(self.parameters())
        matrices = {"params": [p for p in parameters if p.ndim > 1]}
        vectors = {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}  # biases, normalisations
        optimizer = self.make_optimizer([matrices, vectors])
        if self.make_schedule is None:
            return optimizer
        steps = int(self.trainer.estimated_stepping_batches)
        try:
            schedule = self.make_schedule(optimizer, total_steps=steps)
        except ZeroDivisionError:  # of one cycle's, whose first part has a single step
            instead = "more epochs, smaller batches, or schedule=constant"
            raise ValueError(f"{steps} steps are too few for the schedule: {instead}") from None
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _step(self, split: str, batch: Pairs) -> Tensor:
        return self._see(split, self(batch.images), batch)

    def _see(self, split: str, prediction: Prediction, batch: Pairs) -> Tensor:
        """Keeps what the epoch's metrics are made of: logging at each step would cost half as much as the step."""
        epochs = self._trainer.max_epochs if self._trainer else None
        progress = self.current_epoch / max(1, (epochs or 1) - 1)
        loss = self.objective.loss(prediction, batch, progress, self.training)
        self.seen.setdefault(split, []).append((loss.detach(), prediction.detach(), batch))
        return loss

    def _log_epoch(self, split: str) -> None:
        losses, predictions, batches = zip(*self.seen.pop(split), strict=True)
        sizes = torch.tensor([len(batch.target) for batch in batches], device=self.device)
        pairs = Pairs(*(torch.cat(parts) for parts in zip(*batches, strict=True)))
        loss = (torch.stack(losses) * sizes).sum() / sizes.sum()
        prediction = Prediction.cat(predictions)
        if split == "train":
            self.samples = len(pairs.target)
        else:
            self.judged = split, prediction, pairs
        metrics = {"loss": loss, **errors(prediction, pairs, self.readout, self.sharpness)}
        kept = ("loss", "error", "digit_error") if split == "train" else metrics  # each costs a third of a millisecond
        named = {f"{split}/{name}": metrics[name] for name in kept if name in metrics}
        # "step" is how Lightning is told the x axis: epochs, the same for every batch size.
        self.log_dict(
            {**named, "step": float(self.current_epoch)},
            on_step=False,
            on_epoch=True,
            batch_size=len(pairs.target),
            sync_dist=True,
        )
