"""The same networks in torch: an oracle that shares no code with minidl."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from src import minidl
from src.minidl import Linear, Loss, Module, Sequential

ACTIVATIONS: dict[type[Module], Callable[[Tensor], Tensor]] = {
    minidl.ReLU: torch.relu,
    minidl.Tanh: torch.tanh,
    minidl.Sigmoid: torch.sigmoid,
}
LOSSES: dict[type[Loss], Callable[[Tensor, Tensor], Tensor]] = {
    minidl.LossMSE: F.mse_loss,
    minidl.LossHalfSSE: lambda output, target: 0.5 * (output - target).square().sum(),
    minidl.LossBCE: F.binary_cross_entropy,
    minidl.LossBCEWithLogits: F.binary_cross_entropy_with_logits,
    minidl.LossCrossEntropy: F.cross_entropy,
}


def leaves(net: Module) -> list[Module]:
    return [m for m in net.modules() if not isinstance(m, Sequential)]


def forward(net: Module, params: Sequence[Tensor], x: Tensor) -> Tensor:
    """One network's output in torch's own operations; `params` are weight, bias, weight, bias, ..."""
    rest = iter(params)
    for layer in leaves(net):
        x = F.linear(x, next(rest), next(rest)) if isinstance(layer, Linear) else ACTIVATIONS[type(layer)](x)
    return x


def autograd(
    net: Module, loss: Loss, params: Sequence[Tensor], x: Tensor, target: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """One network's loss and gradients."""
    with torch.enable_grad():
        leaf = [p.detach().clone().requires_grad_() for p in params]
        value = LOSSES[type(loss)](forward(net, leaf, x), target)
        return value.detach(), list(torch.autograd.grad(value, leaf))


def relative_error(mine: Tensor, theirs: Tensor) -> float:
    """Largest difference, as a part of the largest entry."""
    return float((mine - theirs).abs().max() / theirs.abs().max().clamp(min=1e-300))


def generator(seed: int) -> Generator:
    return Generator().manual_seed(seed)


def generators(seed: int, count: int) -> list[Generator]:
    return [generator(seed + r) for r in range(count)]


def mlp(*widths: int, activation: type[Module] = minidl.Tanh, **settings: object) -> Sequential:
    layers: list[Module] = []
    for fan_in, fan_out in pairwise(widths):
        layers += [Linear(fan_in, fan_out, **settings), activation()]  # type: ignore[arg-type]
    return Sequential(*layers[:-1])
