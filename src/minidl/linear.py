"""The fully connected layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Generator, Tensor, device, dtype, empty

from .buffers import Workspace, add_product, columns
from .init import INITS, Init, draw
from .module import Module
from .parameter import Parameter


@dataclass
class LinearWorkspace(Workspace):
    """Buffers for one shape of input."""

    input: Tensor  # (..., batch, in_features), view of joint_input
    joint_input: Tensor  # (..., batch, in_features + 1): the input, and one more feature that is always 1
    joint_input_t: Tensor
    input_grad: Tensor  # (..., batch, in_features)
    input_grad_t: Tensor


class Linear(Module):
    """y = x Wᵀ + b.

    The bias is the weight of one more input that is always 1: with `[W b]` in one matrix, of which `weight`
    and `bias` are views, forward is one product and backward two.

    Args:
        in_features: features of an input.
        out_features: features of an output.
        runs: number of independent networks; None is one, without the leading dimension.
        init: how parameters are drawn, see `draw`.
        generator: one, or a sequence of one for each run: network r gets from the r-th what it would alone.
            Values are drawn where the generator lives (the CPU, by default), whatever `device` is.
        device: where parameters lie.
        dtype: torch's default unless given.

    Shapes: input (batch, in_features), or with runs (runs, batch, in_features) or (batch, in_features) for
    all; output ([runs,] batch, out_features); weight ([runs,] out_features, in_features); bias ([runs,]
    out_features). With runs the gradient with respect to the input is each network's own, whatever the input.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        runs: int | None = None,
        init: Init = "uniform_fan_in",
        generator: Generator | Sequence[Generator] | None = None,
        device: device | str | None = None,
        dtype: dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features, self.runs, self.init = in_features, out_features, runs, init
        if min(in_features, out_features, runs or 1) < 1 or runs == 0:
            raise ValueError(f"{self!r}: features and runs must be at least 1")
        if init not in INITS:
            raise ValueError(f"{self!r}: init must be one of {', '.join(INITS)}")
        generators = list(generator) if isinstance(generator, Sequence) else [generator] * (runs or 1)
        if len(generators) != (runs or 1):
            raise ValueError(f"{self!r}: {len(generators)} generators for {runs or 1} networks")
        lead = () if runs is None else (runs,)
        self._joint = Parameter(empty((*lead, out_features, in_features + 1), dtype=dtype))  # [W b]
        for joint, g in zip(self._joint.value.view(-1, out_features, in_features + 1), generators, strict=True):
            draw(joint, init, g)
        self.weight, self.bias = Parameter(self._joint.value[..., :-1]), Parameter(self._joint.value[..., -1])
        self.pack(device)

    def forward(self, x: Tensor) -> Tensor:
        """The forward pass: y = [x 1] [W b]ᵀ, computed as yᵀ = [W b] [x 1]ᵀ, as buffers are laid out in columns."""
        at = self._workspaces.find(x) or self._allocate(x)
        if x is not at.input:  # see `input_buffer`
            at.input.copy_(x)
        add_product(at.output_t.zero_(), self._joint.value, at.joint_input_t)
        self._current = at
        return at.output

    def backward(self, grad: Tensor) -> Tensor | None:
        """d[W b] += gradᵀ [x 1]; returns dx = grad W, computed as dxᵀ = Wᵀ gradᵀ."""
        at: LinearWorkspace = self.due(grad)
        add_product(self._joint.grad, at.grad_t, at.joint_input)
        if not self.needs_input_grad:
            return None
        add_product(at.input_grad_t.zero_(), self._weight_t, at.grad_t)
        return at.input_grad

    def _allocate(self, x: Tensor) -> LinearWorkspace:
        weight = self.weight.value
        shapes = f"(input shape {tuple(x.shape)}, weight shape {tuple(weight.shape)})"
        if x.dim() not in {2, weight.dim()}:
            expected = "(batch, features)" if self.runs is None else "(batch, features) or (runs, batch, features)"
            raise ValueError(f"{self.where()}: input has {x.dim()} dimensions, expected {expected} {shapes}")
        if x.shape[-1] != self.in_features:
            raise ValueError(f"{self.where()}: input has {x.shape[-1]} features, expected {self.in_features} {shapes}")
        if x.dim() == 3 and x.shape[0] != self.runs:
            raise ValueError(f"{self.where()}: input is for {x.shape[0]} runs, expected {self.runs} {shapes}")
        if x.device != weight.device:
            raise ValueError(f"{self.where()}: input is on {x.device}, weight on {weight.device}")
        lead, batch = weight.shape[:-2], x.shape[-2]
        x1 = columns(*lead, batch, self.in_features + 1, like=weight).fill_(1)
        y = columns(*lead, batch, self.out_features, like=weight)
        dx = columns(*lead, batch, self.in_features, like=weight)
        at = LinearWorkspace(y, x1[..., :-1], x1, x1.mT, dx, dx.mT)
        self._workspaces.keep(x, at)
        return at

    def input_buffer(self, like: Tensor) -> Tensor:
        """Where the input is kept anyway: an activation that writes there saves the copy."""
        at: LinearWorkspace = self._workspaces.find(like) or self._allocate(like)
        fits = at.input.shape == like.shape and at.input.dtype == like.dtype
        return at.input if fits else super().input_buffer(like)

    def gradient_step(self, lr: float) -> None:
        """One step of plain gradient descent for this layer alone."""
        self._joint.value.add_(self._joint.grad, alpha=-lr)

    def gradient_reset(self) -> None:
        """Set this layer's gradients to zero."""
        self._joint.grad.zero_()

    def storage(self) -> list[Parameter]:
        """`[W b]`, which weight and bias are views of."""
        return [self._joint]

    def moved(self) -> None:
        """Take weight and bias from where `[W b]` is now."""
        super().moved()
        joint = self._joint
        self.weight.value, self.weight.grad = joint.value[..., :-1], joint.grad[..., :-1]
        self.bias.value, self.bias.grad = joint.value[..., -1], joint.grad[..., -1]
        self._weight_t = self.weight.value.mT
        self.weight.flat = self.bias.flat = joint.flat

    def __repr__(self) -> str:
        runs = "" if self.runs is None else f", runs={self.runs}"
        return f"Linear({self.in_features}, {self.out_features}{runs})"
