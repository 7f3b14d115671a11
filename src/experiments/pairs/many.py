"""Several pairs networks trained at once, each as it would be alone (`runs=10`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, TypeVar

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.func import vmap

from src.lab.many import Figures, over_networks
from src.lab.seeding import stream

from .data import Pairs
from .forms import Dropouts
from .module import PairsModule
from .networks import Prediction
from .objective import Objective
from .stacked import one_of, stacked

T = TypeVar("T")


def together(modules: Sequence[LightningModule], seeds: Sequence[int]) -> LightningModule:
    """One module that trains the networks of these modules, made from these seeds.

    Raises:
        ValueError: there is no form for several of such networks, or the modules are of another class.
    """
    alike = [module for module in modules if type(module) is PairsModule]  # a subclass may do anything else
    if len(alike) < len(modules):
        instead = f"take -m 'seed=range({len(seeds)})'"
        raise ValueError(
            f"runs={len(seeds)}: the networks of a {type(modules[0]).__name__} are trained alone; {instead}"
        )
    return ManyPairs(alike, seeds)


class ManyPairs(PairsModule):
    """Minimises the sum of the networks' own objectives, so that each has the gradients that it has alone. Logs means
    over the networks that haven't diverged; what is shown is the first network.

    Args:
        modules: each with its own initial network, and otherwise alike.
        seeds: of each network; dropout masks are drawn from it and the epoch.
    """

    items = 1

    def __init__(self, modules: Sequence[PairsModule], seeds: Sequence[int]) -> None:
        first = modules[0]
        network = stacked([module.network for module in modules])
        drawn = first.settings.model_copy(update={"init": "default"})  # each with its own seed already
        super().__init__(network, first.make_optimizer, first.make_schedule, drawn)
        self.objective = ManyObjective(first.settings)
        self.seeds = seeds
        self.alone = [first.network]  # in a list: a part of the module would be trained and saved
        self.measured = Figures()

    def shown(self) -> nn.Module:
        with torch.inference_mode(False):  # of the test: the graph that the dashboard shows is autograd's
            return one_of(self.network, 0, len(self.seeds), deepcopy(self.alone[0]))

    def on_train_batch_start(self, batch: Pairs, batch_idx: int) -> None:
        """Seeds each network's masks as `Seeding` seeds the generators of a run."""
        if batch_idx == 0:
            places = self.current_epoch, self.global_rank
            drawn = [torch.Generator(self.device).manual_seed(stream(seed, *places)) for seed in self.seeds]
            for layer in (each for each in self.network.modules() if isinstance(each, Dropouts)):
                layer.generators = drawn

    def training_step(self, batch: Pairs, batch_idx: int) -> Tensor:
        return super().training_step(batch, batch_idx).sum()

    def on_train_batch_end(self, outputs: Any, batch: Pairs, batch_idx: int) -> None:
        super().on_train_batch_end(outputs, batch, batch_idx)
        if self.trainer.is_last_batch:
            runs = len(self.seeds)
            squares = [p.grad.reshape(runs, -1).square().sum(1) for p in self.parameters() if p.grad is not None]
            norms = torch.stack(squares).sum(0).sqrt()
            self.gradient_norm = float(over_networks(norms, norms)[0])

    def network_metrics(self) -> list[dict[str, float]]:
        return self.measured.each()

    def stds(self) -> dict[str, float]:
        return self.measured.stds()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["measured"] = self.measured.last

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restores the figures where training goes on, not where the best weights are loaded for the test."""
        if self.trainer.state.fn == "fit":
            self.measured.last = checkpoint["measured"]

    def _log_epoch(self, split: str) -> None:
        super()._log_epoch(split)
        if split != "train":
            _, prediction, pairs = self.judged
            first = Prediction(*(None if part is None else part[0] for part in prediction))
            self.judged = split, first, Pairs(*(part[0] for part in pairs))

    def _errors(self, prediction: Prediction, pairs: Pairs) -> dict[str, Tensor]:
        return for_each(super()._errors, prediction, pairs)

    def _log(self, figures: dict[str, Tensor], size: int) -> None:
        figures = {name: values.cpu() for name, values in figures.items()}
        loss = next(values for name, values in figures.items() if name.endswith("/loss"))
        super()._log(self.measured.add(figures, loss), size)


class ManyObjective(Objective):
    """The objective of each network."""

    def loss(self, prediction: Prediction, batch: Pairs, progress: float, training: bool) -> Tensor:
        """Each network's mean over its batch, `(runs,)`."""
        return for_each(super().loss, prediction, batch, progress, training)


def for_each(function: Callable[..., T], *args: Any) -> T:
    """What the function returns for each network: of the tensors in the arguments, and in tuples of them, the first
    dimension is of the networks, and so it is of those that are returned.
    """

    def dims(arg: Any) -> Any:
        if isinstance(arg, tuple):
            return type(arg)(*map(dims, arg))
        return 0 if isinstance(arg, Tensor) else None

    found: T = vmap(function, tuple(map(dims, args)))(*args)
    return found
