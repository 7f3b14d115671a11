"""The networks of the disk studies."""

from __future__ import annotations

from itertools import pairwise

import torch

from src.lab.seeding import stream
from src.minidl import Dropout, Linear, Module, ReLU, Sequential, Sigmoid, Tanh

from .schema import Activation, DiskModel

ACTIVATIONS: dict[Activation, type[Module]] = {"relu": ReLU, "tanh": Tanh, "sigmoid": Sigmoid}
INIT, DROPOUT = 3, 4  # random streams of a seed beside those of the data's three sets


def mlp(settings: DiskModel, runs: int, seed: int) -> Sequential:
    """A `Linear` from each of the `widths` to the next, `activation` and `dropout` between two of them, `output` at the
    end.

    Network r of `runs` has the first weights and the dropout masks that the single network of `seed + r` has.
    """
    starts, masks = _generators(INIT, seed, runs), _generators(DROPOUT, seed, runs)
    many = None if runs == 1 else runs
    layers: list[Module] = []
    for in_features, out_features in pairwise(settings.widths):
        if layers:
            layers.append(ACTIVATIONS[settings.activation]())
            if settings.dropout:
                layers.append(Dropout(settings.dropout, masks[0] if many is None else masks))
        layers.append(Linear(in_features, out_features, many, settings.init, starts))
    if settings.output is not None:
        layers.append(ACTIVATIONS[settings.output]())
    return Sequential(*layers)


def first(network: Sequential) -> Sequential:
    """A copy on the CPU of the first of the networks, as it is in evaluation."""
    layers: list[Module] = []
    for layer in network.layers:
        if isinstance(layer, Linear):
            copy = Linear(layer.in_features, layer.out_features, generator=torch.Generator())  # not torch's global one
            for own, of_all in zip(copy.parameters(), layer.parameters(), strict=True):
                own.value.copy_(of_all.value if layer.runs is None else of_all.value[0])
            layers.append(copy)
        elif not isinstance(layer, Dropout):
            layers.append(type(layer)())
    return Sequential(*layers)


def _generators(key: int, seed: int, runs: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(stream(seed + r, key)) for r in range(runs)]
