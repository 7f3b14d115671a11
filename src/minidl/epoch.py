"""One pass over the data: to learn from it, or to measure its gradient."""

from torch import Tensor

from .data import batches
from .losses import Loss
from .module import Module
from .optimizer import Optimizer


def train_epoch(
    net: Module,
    loss: Loss,
    optimizer: Optimizer,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    check_targets: bool = False,
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
