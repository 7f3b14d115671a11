"""What is kept of an epoch."""

from dataclasses import dataclass

from torch import Tensor


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
