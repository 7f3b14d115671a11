"""Several networks of one architecture as one network, whose layers compute all of them at once.

What goes through it has the networks as its first dimension, `(runs, batch, …)`. A tensor of the network's state is the
networks' own tensors one after the other, along their first dimension: so a bias still has one dimension and a kernel
four. Nothing of a network enters another one: each has the outputs and the gradients that it has alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import torch
from torch import nn

from .forms import FORMS
from .layers import ResidualBlock
from .networks import DigitNets, Ensemble, TwoChannels

# Of what is called with other modules' outputs alone, and counts dimensions from the last one.
CONTAINERS = (nn.Sequential, nn.ModuleList, ResidualBlock, TwoChannels, DigitNets, Ensemble)


def stacked(networks: Sequence[nn.Module]) -> nn.Module:
    """One network that computes what each of these does of its own part of the inputs, `(runs, batch, …)`.

    Raises:
        ValueError: a part of them is of a class that isn't known to have a form for several networks.
    """
    return _stacked(networks, {})


def _stacked(networks: Sequence[nn.Module], known: dict[nn.Module, nn.Module]) -> nn.Module:
    """`known` are the forms of modules by the first network's, since one may be at two places."""
    first = networks[0]
    if first not in known:
        known[first] = _container(networks, known) if type(first) in CONTAINERS else _layer(networks)
    return known[first]


def _container(networks: Sequence[nn.Module], known: dict[nn.Module, nn.Module]) -> nn.Module:
    made = copy(networks[0])
    made._modules = {}
    for name in networks[0]._modules:
        made.add_module(name, _stacked([network.get_submodule(name) for network in networks], known))
    return made


def _layer(networks: Sequence[nn.Module]) -> nn.Module:
    first = networks[0]
    if type(first) not in FORMS:
        raise ValueError(
            f"runs={len(networks)}: this network has a {type(first).__name__}, which is trained alone; "
            f"take -m 'seed=range({len(networks)})', or give it a form for several networks in forms.py"
        )
    form = FORMS[type(first)](first, len(networks)).to(next(first.parameters(), torch.empty(0)).dtype)
    own = zip(*(network.state_dict().values() for network in networks), strict=True)
    state = zip(form.state_dict(), own, strict=True)
    form.load_state_dict({name: torch.cat(each) if each[0].dim() else each[0] for name, each in state})
    for parameter, alone in zip(form.parameters(), first.parameters(), strict=True):
        parameter.requires_grad_(alone.requires_grad)
    return form


def one_of(network: nn.Module, r: int, runs: int, alone: nn.Module) -> nn.Module:
    """A copy of the r-th of the networks, in the form of `alone`, which it becomes."""
    state = zip(alone.state_dict(), network.state_dict().values(), strict=True)
    alone.to(next(network.parameters()))
    alone.load_state_dict({name: each.chunk(runs)[r] if each.dim() else each for name, each in state})
    return alone
