"""What every layer, activation and network is: `forward`, `backward`, and the modules inside."""

from typing import Any, Self

from torch import Tensor, device

from .buffers import Workspaces, columns
from .parameter import pack
from .stateful import Stateful


class Module(Stateful):
    """A differentiable function of a batch, with its `backward` written out.

    A subclass sets its `Parameter`s as attributes and defines `forward` and `backward`. These two return
    buffers, overwritten by the next call with the same shape; what `module(x)` returns belongs to the caller.

    Attributes:
        training: whether `Dropout` drops; set by `train()` and `eval()`.
        needs_input_grad: whether `backward` computes the gradient with respect to the input, or returns None.
        successor: the next layer, whose input buffer an output can be written into straight away.
    """

    def __init__(self) -> None:
        super().__init__()
        self.training = True
        self.needs_input_grad = True
        self.successor: Module | None = None
        self._workspaces: Workspaces[Any] = Workspaces()
        self._current: Any = None  # the workspace of the last forward, until its backward

    def forward(self, x: Tensor) -> Tensor:
        """Compute the output for `x`, and remember what `backward` needs."""
        raise NotImplementedError

    def backward(self, grad: Tensor) -> Tensor | None:
        """Add to the parameters' gradients, given the loss's gradient with respect to the last output.

        Returns:
            The gradient with respect to the last input, or None where `needs_input_grad` is off.

        Raises:
            RuntimeError: before a `forward`, or a second time after the same one.
            ValueError: `grad` hasn't the shape of the output.
        """
        raise NotImplementedError

    def __call__(self, x: Tensor) -> Tensor:
        """`forward`, with an output that later calls leave alone."""
        return self.forward(x.detach() if x.requires_grad else x).clone()

    def children(self) -> "list[tuple[str, Module]]":
        """The modules inside this one, by name."""
        return []

    def modules(self) -> "list[Module]":
        """This module and all inside it, at any depth."""
        return [m for _, m in self.placed_modules()]

    def placed_modules(self, place: str = "") -> "list[tuple[str, Module]]":
        """`modules()` with the place of each, if this module's is `place`: "Sequential[3][0]"."""
        inside = [m for name, child in self.children() for m in child.placed_modules(f"{place}[{name}]")]
        return [(place, self), *inside]

    def train(self, mode: bool = True) -> Self:
        """Switch to training (or, with `mode=False`, to evaluation)."""
        for m in self.modules():
            m.training = mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation: `Dropout` lets everything through."""
        return self.train(False)

    def moved(self) -> None:
        """Forget buffers and views: `storage()` has got other memory."""
        self._workspaces.forget()
        self._current = None

    def pack(self, to: device | str | None = None) -> None:
        """Move all parameters, and with them all computation, into one flat buffer on device `to`."""
        pack([p for m in self.modules() for p in m.storage()], to)
        for m in self.modules():
            m.moved()

    def to(self, device: device | str) -> Self:
        """Move to a device. Optimizers made before follow at their next step."""
        self.pack(device)
        return self

    def require_input_grad(self, needed: bool = True) -> None:
        """Have `backward` compute the gradient with respect to the input, or spare it."""
        self.needs_input_grad = needed

    def input_buffer(self, like: Tensor) -> Tensor:
        """Memory for this module's input, of `like`'s shape."""
        return columns(*like.shape, like=like)

    def due(self, grad: Tensor) -> Any:
        """The workspace of the forward whose backward this is, with `grad` and its transpose in it.

        In training the gradient comes in the same buffer each time: it is looked at when it comes in another.
        """
        at = self._current
        if at is None:
            raise RuntimeError(f"{self.where()}: backward() without a forward() of its own before it")
        if at.grad is not grad:
            if grad.shape != at.output.shape:
                shapes = f"{tuple(grad.shape)}, the output had {tuple(at.output.shape)}"
                raise ValueError(f"{self.where()}: the gradient has shape {shapes}")
            at.grad, at.grad_t = grad, grad.detach().mT
        self._current = None
        return at
