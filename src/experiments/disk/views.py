"""What the dashboard is shown of a disk model. Nothing here draws from chance."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from src.lab.dashboard.events import Layout, band, bands
from src.lab.dashboard.graph import INPUT, Layer
from src.lab.dashboard.views import Drawing, Views, first_of, plain
from src.minidl import Linear, Sequential

from .data import DiskData, inside
from .module import DiskModule
from .networks import first

ROWS = 101  # of the map, and points in each
MEASURED = ("train/loss", "train/error", "val/loss", "val/error")  # in the course of training


class DiskViews(Views):
    """Decisions, output, hyperplanes, and how it learned; of several networks, the first is drawn."""

    module: DiskModule

    def vitals(self) -> dict[str, float]:
        """The gradients are those of the last step; of several networks, their mean norm, and the bands over them."""
        module = self.module
        runs, optimizer = len(module.seeds), module.loop.optimizer
        squares = [p.grad.reshape(runs, -1).square().sum(1) for p in module.network.parameters()]
        found = {
            "lr": optimizer.lr * optimizer.lr_factor,
            "gradient_norm": float(torch.stack(squares).sum(0).sqrt().mean()),
            "samples": float(module.samples),
        }
        if runs > 1:
            for name, (mean, std) in module.measured.over.items():
                found |= band(name, float(mean), float(std))
        return found

    def figures(self, final: bool) -> dict[str, Drawing]:
        """Of the test points."""
        from . import figures as draw  # a second to import: not for those who draw nothing
        from .curves import history

        module, network = self.module, first(self.module.network)
        trainer: Any = module.trainer
        data: DiskData = trainer.datamodule
        points = data.raw.test.inputs
        labels = inside(points)
        grid, judged = (
            plain(_scores(network, data.as_inputs(each), module.settings.threshold)) for each in (_grid(), points)
        )
        scores, points, which = grid.view(ROWS, ROWS), plain(points), first_of(module.seeds)
        judgements = partial(draw.decisions, points, labels, judged > 0, scores, which=which)
        found: dict[str, Drawing] = {"decisions": judgements}
        if final:
            found["output"] = partial(draw.output_map, scores, which)
            weights, bias = map(plain, _first_layer(network, data))
            found["hyperplanes"] = partial(draw.hyperplanes, points, labels, weights, bias, which)
            learned = {name: module.history.curve(name) for name in module.history.figures}
            curves = {name: (epochs, plain(mean), plain(std)) for name, (epochs, mean, std) in learned.items()}
            if len(curves["train/loss"][0]) > 1:
                found["history"] = partial(history, curves, len(module.seeds), module.history.kept())
        return found

    def layers(self) -> list[Layer]:
        """One after the other."""
        layers = self.module.network.layers
        found, size = [Layer(INPUT, "Input", [], [-1, layers[0].in_features])], 0  # type: ignore[attr-defined]
        for i, layer in enumerate(layers):
            size = layer.out_features if isinstance(layer, Linear) else size
            kind = type(layer).__name__
            found.append(Layer(f"{i}_{kind}", kind, [found[-1].name], [-1, size]))
        return found

    def layout(self) -> Layout:
        title = "Mean ± std over the networks trained at once"
        return bands(MEASURED, title) if len(self.module.seeds) > 1 else {}


def _scores(network: Sequential, inputs: Tensor, threshold: float) -> Tensor:
    """What a network says of inputs `(n, 2)`: over 0 is inside."""
    output = network(inputs)
    return output[:, 1] - output[:, 0] if output.shape[1] > 1 else output[:, 0] - threshold


def _grid() -> Tensor:
    side = torch.linspace(0, 1, ROWS)
    y, x = torch.meshgrid(side, side, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], 1)


def _first_layer(network: Sequential, data: DiskData) -> tuple[Tensor, Tensor]:
    """Weights `(units, 2)` and bias `(units,)`, for points of the unit square."""
    weights, bias = (p.value for p in network.layers[0].parameters())
    shift = data.as_inputs(torch.zeros(1, 2))
    scale = data.as_inputs(torch.ones(1, 2)) - shift
    return weights * scale, bias + weights @ shift[0]
