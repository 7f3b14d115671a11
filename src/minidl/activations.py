"""Activations: elementwise functions, whose derivatives are all computed from the output."""

from dataclasses import dataclass

from torch import Tensor

from .buffers import Workspace, columns
from .module import Module


@dataclass
class ActivationWorkspace(Workspace):
    """Buffers for one shape of input."""

    input_grad: Tensor  # not in use until backward: forward may put there what it likes
    input_grad_t: Tensor


class Activation(Module):
    """y = f(x) for each element, any shape.

    A subclass writes `function`, which puts f(x) into `y` with `spare` to use as it likes, and `derivative`,
    which puts f'(x), as a function of y = f(x), into `out`.
    """

    def function(self, x: Tensor, y: Tensor, spare: Tensor) -> None:
        """The forward pass: y ← f(x)."""
        raise NotImplementedError

    def derivative(self, y: Tensor, out: Tensor) -> None:
        """Out ← f'(x)."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """f(x)."""
        at = self._workspaces.find(x) or self._allocate(x)
        self.function(x, at.output, at.input_grad)
        self._current = at
        return at.output

    def backward(self, grad: Tensor) -> Tensor | None:
        """Returns f'(x) · grad."""
        at: ActivationWorkspace = self.due(grad)
        if not self.needs_input_grad:
            return None
        self.derivative(at.output_t, at.input_grad_t)  # transposed: torch is faster with rows
        at.input_grad_t.mul_(at.grad_t)
        return at.input_grad

    def _allocate(self, x: Tensor) -> ActivationWorkspace:
        if x.dim() < 2:
            raise ValueError(f"{self.where()}: input has shape {tuple(x.shape)}, expected (..., batch, features)")
        y, dx = (self.successor or self).input_buffer(x), columns(*x.shape, like=x)
        at = ActivationWorkspace(y, dx, dx.mT)
        self._workspaces.keep(x, at)
        return at

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ReLU(Activation):
    """max(x, 0); its derivative at 0 is 0, as torch's."""

    def function(self, x: Tensor, y: Tensor, spare: Tensor) -> None:
        """The forward pass: y ← max(x, 0)."""
        y.copy_(x).relu_()

    def derivative(self, y: Tensor, out: Tensor) -> None:
        """Out ← 1 where y > 0, else 0."""
        out.copy_(y).sign_()


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    def function(self, x: Tensor, y: Tensor, spare: Tensor) -> None:
        """The forward pass: y ← σ(x)."""
        y.copy_(x).sigmoid_()

    def derivative(self, y: Tensor, out: Tensor) -> None:
        """Out ← y - y²."""
        out.copy_(y).addcmul_(y, y, value=-1)


class Tanh(Activation):
    """tanh(x), computed as 2 σ(2x) - 1.

    On the CPU that takes a third of the time of torch's `tanh_`. Its error is below 2e-7 in float32 and 4e-16
    in float64; that is absolute, so the relative error of a very small x is larger than `tanh_`'s.
    """

    def function(self, x: Tensor, y: Tensor, spare: Tensor) -> None:
        """The forward pass: y ← 2 σ(2x) - 1."""
        spare.zero_().add_(x, alpha=2).sigmoid_()
        y.fill_(-1).add_(spare, alpha=2)

    def derivative(self, y: Tensor, out: Tensor) -> None:
        """Out ← 1 - y²."""
        out.fill_(1).addcmul_(y, y, value=-1)
