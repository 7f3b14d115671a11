"""How good a network is, in percent."""

from torch import Tensor

from .losses import Loss
from .module import Module


def classes(scores: Tensor, threshold: float) -> Tensor:
    """Each sample's class: the largest feature or, of a single one, whether it is above `threshold`."""
    return scores.argmax(-1) if scores.shape[-1] > 1 else (scores[..., 0] > threshold).long()


def error_rate(output: Tensor, target: Tensor, threshold: float = 0.5) -> Tensor:
    """Percentage of samples whose class is wrong: (), or (runs,).

    Args:
        output: ([runs,] batch, features).
        target: ([runs,] batch, features), read as outputs are; or class indices, integers, ([runs,] batch).
        threshold: for a single feature: 0.5 if outputs are probabilities, 0 if they are logits or between ±1.
            The targets 0 and 1, or -1 and 1, are told apart by either.
    """
    right = classes(target, threshold) if target.is_floating_point() else target
    wrong = classes(output, threshold) != right
    wrong = wrong.to(output.dtype) if output.element_size() > 2 else wrong.float()  # bfloat16 has no tenths of 37 %
    return wrong.mean(-1).mul_(100)


def accuracy(output: Tensor, target: Tensor, threshold: float = 0.5) -> Tensor:
    """Percentage of samples whose class is right, as `error_rate` of those that aren't."""
    return 100 - error_rate(output, target, threshold)


def evaluate(net: Module, loss: Loss, inputs: Tensor, targets: Tensor, threshold: float = 0.5) -> dict[str, Tensor]:
    """{"loss", "error", "accuracy"} on a data set: each (), or (runs,); percent, but for the loss.

    The network is in evaluation mode for as long as it takes.
    """
    training = net.training
    output = net.eval()(inputs)
    net.train(training)
    error = error_rate(output, targets, threshold)
    return {"loss": loss(output, targets), "error": error, "accuracy": 100 - error}
