"""Losses: how far outputs are from targets, and the gradient of just that with respect to the outputs.

Every loss returns one number or, for outputs (runs, batch, features), one for each run, (runs,); `backward`
returns each run's gradient of its own number. Targets have the outputs' shape; (batch, features) is for all.
"""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, empty

from .buffers import Workspace, Workspaces, columns


@dataclass
class LossWorkspace(Workspace):
    """Buffers for one shape of output; `output` is a copy, or what the loss makes of it for backward."""

    target: Tensor
    terms: Tensor  # each element's loss
    flat: Tensor  # ([runs,] batch * features), view of terms
    scales: Tensor  # (batch * features,), factor / number of elements for a mean: the loss is flat · scales
    grad_scale: Tensor  # (), that times slope


class Loss:
    """The mean over every element, unless a name says otherwise, of a function of output and target.

    A subclass writes `function` and `gradient`, of each element; the scale of both is applied here, once.

    Attributes:
        reduction: "mean" or "sum": how an epoch's loss is put together from its batches'.
        factor: of the function.
        slope: a constant factor of the function's derivative, which `gradient` leaves out.
    """

    reduction: Literal["mean", "sum"] = "mean"
    factor = 1.0
    slope = 1.0

    def __init__(self) -> None:
        self._workspaces: Workspaces[LossWorkspace] = Workspaces()
        self._current: LossWorkspace | None = None

    def function(self, at: LossWorkspace, output: Tensor, target: Tensor) -> None:
        """`at.terms` ← each element's loss; keep in `at` what `gradient` needs."""
        raise NotImplementedError

    def gradient(self, at: LossWorkspace) -> Tensor:
        """Each element's derivative of `function` with respect to the output."""
        raise NotImplementedError

    def check_target(self, target: Tensor, features: int) -> None:
        """Raise ValueError where targets for so many features are outside of what the loss is defined for."""

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        """`forward`, and a look at the targets' range (on a GPU that waits for it; `Loop` looks only once).

        Raises:
            ValueError: targets are outside of what the loss is defined for, or don't fit outputs.
        """
        output, target = (tensor.detach() if tensor.requires_grad else tensor for tensor in (output, target))
        self._find(output, target)
        self.check_target(target, output.shape[-1])
        return self.forward(output, target)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss, () or (runs,), in memory of its own."""
        at = self._find(output, target)
        self.function(at, output, target)
        self._current = at
        return at.flat.matmul(at.scales)

    def backward(self) -> Tensor:
        """The gradient of the last loss with respect to its output, in that shape; overwritten by the next.

        Raises:
            RuntimeError: before a loss, or a second time after the same one.
        """
        at, self._current = self._current, None
        if at is None:
            raise RuntimeError(f"{self!r}: backward() without a loss of its own before it")
        return self.gradient(at).mul_(at.grad_scale)

    def check_shape(self, output: Tensor, target: Tensor) -> None:
        """Raise ValueError unless targets fit, here as (batch, features) for all runs."""
        if target.shape != output.shape[-2:]:
            shapes = f"target has shape {tuple(target.shape)}, output {tuple(output.shape)}"
            raise ValueError(f"{self!r}: {shapes}")

    def sample_dim(self, target: Tensor) -> int:
        """The dimension of `target` that counts samples."""
        return -2

    def elements(self, output: Tensor) -> int:
        """What the mean of one network's output divides by."""
        return output.shape[-2] * output.shape[-1]

    def _find(self, output: Tensor, target: Tensor) -> LossWorkspace:
        """The buffers for an output; raises ValueError where the shapes won't do."""
        at = self._workspaces.find(output) or self._allocate(output)
        if target.shape != output.shape:
            self.check_shape(output, target)
        return at

    def _allocate(self, output: Tensor) -> LossWorkspace:
        if output.dim() not in {2, 3} or not output.numel():
            raise ValueError(f"{self!r}: output has shape {tuple(output.shape)}, expected ([runs,] batch, features)")
        scale = empty((), dtype=output.dtype, device=output.device)
        scale.fill_(self.factor / self.elements(output) if self.reduction == "mean" else self.factor)
        kept, target, terms = (columns(*output.shape, like=output) for _ in range(3))
        flat = terms.mT.flatten(-2)
        scales = empty(flat.shape[-1], dtype=output.dtype, device=output.device).copy_(scale)
        at = LossWorkspace(kept, target, terms, flat, scales, scale.mul_(self.slope))
        self._workspaces.keep(output, at)
        return at

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class LossMSE(Loss):
    """e² with e = output - target, mean over every element."""

    slope = 2.0

    def function(self, at: LossWorkspace, output: Tensor, target: Tensor) -> None:
        """e²."""
        error = at.output.copy_(output).sub_(target)
        at.terms.copy_(error).mul_(error)

    def gradient(self, at: LossWorkspace) -> Tensor:
        """2e, of which 2 is `slope`."""
        return at.output


class LossHalfSSE(LossMSE):
    """½ Σ e² with e = output - target, over outputs and over samples (report C): its gradient is e."""

    reduction = "sum"
    factor = 0.5
