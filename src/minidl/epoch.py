"""One pass over the data, to learn from it or to measure its gradient, and what is kept of it."""

from dataclasses import dataclass

from torch import Tensor

from .data import batches
from .losses import Loss
from .module import Module
from .optimizer import Optimizer


@dataclass(frozen=True)
class EpochRecord:
    """What an epoch leaves behind; a list has one entry for each run, or a single one.

    Attributes:
        epoch: 0, 1, ...
        lr: learning rate with the schedule's factor.
        loss: training loss, every sample counted once, as each batch's was just before its step.
        gradient: magnitude, after the epoch, of the gradient of all training data's loss; None unless it is
            asked for by `stop_gradient`.
    """

    epoch: int
    lr: float
    loss: list[float]
    gradient: list[float] | None = None


def as_list(values: Tensor) -> list[float]:
    """() or (runs,) as a list."""
    return [float(v) for v in values.view(-1).tolist()]


def train_epoch(
    net: Module,
    loss: Loss,
    optimizer: Optimizer,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    check_targets: bool,
) -> Tensor:
    """One step for each batch, in the order of the samples, ([runs,] samples, features).

    With `check_targets`, a look at whether they are in the loss's range (on a GPU that waits for it).

    Returns:
        The loss of all samples, each as it was just before its batch's step: () or (runs,).
    """
    samples, dim = inputs.shape[-2], loss.sample_dim(targets)
    total: Tensor | None = None
    for x, target in zip(batches(inputs, batch_size, -2), batches(targets, batch_size, dim), strict=True):
        output = net.forward(x)
        if check_targets:
            loss.check_target(targets, output.shape[-1])
            check_targets = False
        value = loss.forward(output, target)
        optimizer.zero_grad()
        net.backward(loss.backward())
        optimizer.step()
        weight = x.shape[-2] / samples if loss.reduction == "mean" else 1
        total = value.mul_(weight) if total is None else total.add_(value, alpha=weight)
    assert total is not None
    return total


def gradient_magnitude(net: Module, loss: Loss, optimizer: Optimizer, inputs: Tensor, targets: Tensor) -> Tensor:
    """Magnitude of the gradient of all samples' loss, in evaluation mode: () or (runs,)."""
    net.eval()
    optimizer.zero_grad()
    value = loss.forward(net.forward(inputs), targets)
    net.backward(loss.backward())
    squares = value.zero_()
    for p in net.parameters():
        squares.add_(p.grad.square().sum(tuple(range(squares.dim(), p.grad.dim()))))
    optimizer.zero_grad()
    net.train()
    return squares.sqrt_()
