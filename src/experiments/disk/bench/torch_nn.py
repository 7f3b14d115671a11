"""The disk's networks in torch.nn, as one writes them."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from ..data import draw_points

WIDTHS = 2, 25, 25, 25, 2


def network(widths: tuple[int, ...] = WIDTHS, activation: type[nn.Module] = nn.Tanh) -> nn.Sequential:
    layers = [layer for n, m in pairwise(widths) for layer in (nn.Linear(n, m), activation())]
    return nn.Sequential(*layers[:-1])


def train(net: nn.Module, inputs: Tensor, targets: Tensor, epochs: int, batch_size: int = 100, lr: float = 0.1) -> None:
    """Epochs of SGD on the mean squared error, in an order of its own each."""
    loss, optimizer = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(epochs):
        order = torch.randperm(len(inputs))
        for x, target in zip(inputs[order].split(batch_size), targets[order].split(batch_size), strict=True):
            optimizer.zero_grad()
            loss(net(x), target).backward()
            optimizer.step()


def run(seed: int, activation: type[nn.Module], epochs: int, batch_size: int) -> list[float]:
    """A run of report B's study, measured every ten epochs; returns its last three errors."""
    torch.manual_seed(seed)
    splits = draw_points(seed, (1000, 1000, 1000), "one_hot", standardize=True)
    net, errors = network(activation=activation), list[float]()
    for done in range(0, epochs, 10):
        train(net, splits.train.inputs, splits.train.targets, min(10, epochs - done), batch_size)
        with torch.no_grad():
            errors = [
                (net(points.inputs).argmax(-1) != points.targets.argmax(-1)).float().mean().item()
                for points in splits[:3]
            ]
    return errors
