"""Parameters, and the flat buffer that holds all of a network's, so that one update reaches every one."""

from collections.abc import Sequence

from torch import Tensor, device, empty

ALIGNMENT = 16  # elements: blocks that start on 64-byte boundaries are multiplied up to 1.3 times as fast


class Flat:
    """One buffer of values and one of gradients, cut into the blocks of several parameters.

    Attributes:
        value: (elements,), with zeros between the blocks.
        grad: (elements,), likewise; zeros stay zero in every optimizer.
        size: number of elements that belong to a parameter.
        stale: a parameter has moved to another buffer, so this one is no longer what a network computes with.
    """

    def __init__(self, value: Tensor, grad: Tensor, size: int) -> None:
        self.value, self.grad, self.size = value, grad, size
        self.stale = False


class Parameter:
    """A tensor to be learned and the gradient of the loss with respect to it.

    Args:
        value: any shape; `(runs, ...)` where several networks are trained at once.
        grad: the same shape; zeros unless given.
    """

    def __init__(self, value: Tensor, grad: Tensor | None = None) -> None:
        if grad is not None and grad.shape != value.shape:
            raise ValueError(f"Parameter: value {tuple(value.shape)} and grad {tuple(grad.shape)} differ in shape")
        self.value = value
        self.grad = empty(value.shape, dtype=value.dtype, device=value.device).zero_() if grad is None else grad
        self.flat: Flat | None = None

    def __repr__(self) -> str:
        return f"Parameter{tuple(self.value.shape)}"


def pack(parameters: Sequence[Parameter], to: device | str | None = None) -> None:
    """Move parameters into one new flat buffer on device `to` (where they are, by default)."""
    if not parameters:
        return
    first = parameters[0].value
    if any(p.value.dtype != first.dtype or p.value.device != first.device for p in parameters):
        raise ValueError(
            f"parameters differ in dtype or device: {[(p.value.dtype, p.value.device) for p in parameters]}"
        )
    sizes = [p.value.numel() for p in parameters]
    room = sum(-(-size // ALIGNMENT) * ALIGNMENT for size in sizes)
    where = first.device if to is None else to
    value, grad = (empty(room, dtype=first.dtype, device=where).zero_() for _ in range(2))
    flat = Flat(value, grad, sum(sizes))
    start = 0
    for p, size in zip(parameters, sizes, strict=True):
        if p.flat is not None:
            p.flat.stale = True
        p.value = value[start : start + size].view(p.value.shape).copy_(p.value)
        p.grad = grad[start : start + size].view(p.value.shape).copy_(p.grad)
        p.flat = flat
        start += -(-size // ALIGNMENT) * ALIGNMENT
