"""A framework as the reports' students write one: modules that keep what they saw, gradients allocated at each step."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor


class Module:
    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def backward(self, gradient: Tensor) -> Tensor:
        raise NotImplementedError

    def param(self) -> list[list[Tensor]]:
        return []


class Linear(Module):
    def __init__(self, n: int, m: int) -> None:
        self.w, self.b = torch.empty(m, n).normal_(0, n**-0.5), torch.zeros(m)
        self.dw, self.db = torch.zeros_like(self.w), torch.zeros_like(self.b)

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return x.mm(self.w.t()) + self.b

    def backward(self, gradient: Tensor) -> Tensor:
        self.dw += gradient.t().mm(self.x)
        self.db += gradient.sum(0)
        return gradient.mm(self.w)

    def param(self) -> list[list[Tensor]]:
        return [[self.w, self.dw], [self.b, self.db]]


class Tanh(Module):
    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return x.tanh()

    def backward(self, gradient: Tensor) -> Tensor:
        return gradient * (1 - self.x.tanh().pow(2))


class Sequential(Module):
    def __init__(self, *modules: Module) -> None:
        self.modules = modules

    def forward(self, x: Tensor) -> Tensor:
        for module in self.modules:
            x = module.forward(x)
        return x

    def backward(self, gradient: Tensor) -> Tensor:
        for module in reversed(self.modules):
            gradient = module.backward(gradient)
        return gradient

    def param(self) -> list[list[Tensor]]:
        return [pair for module in self.modules for pair in module.param()]


def network(widths: tuple[int, ...]) -> Sequential:
    layers = [layer for n, m in pairwise(widths) for layer in (Linear(n, m), Tanh())]
    return Sequential(*layers[:-1])


def train(net: Sequential, inputs: Tensor, targets: Tensor, epochs: int, batch_size: int = 100) -> None:
    for _ in range(epochs):
        order, total = torch.randperm(len(inputs)), 0.0
        for i in range(0, len(inputs), batch_size):
            x, target = inputs[order[i : i + batch_size]], targets[order[i : i + batch_size]]
            difference = net.forward(x) - target
            total += difference.pow(2).mean().item()
            for _, gradient in net.param():
                gradient.zero_()
            net.backward(2 * difference / difference.numel())
            for value, gradient in net.param():
                value -= 0.1 * gradient
