"""Dropout, by which a network can't rely on any one feature."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Generator, Tensor, empty

from .buffers import Workspace, columns
from .module import Module


@dataclass
class DropoutWorkspace(Workspace):
    """Buffers for one shape of input."""

    mask: Tensor  # 0 where dropped, 1 / (1 - p) elsewhere
    drawn: list[Tensor]  # for each generator, the 0/1 that it draws, (features, batch) where it lives
    input_grad: Tensor


class Dropout(Module):
    """In training, zero each element with probability p and scale the others by 1 / (1 - p); else, nothing.

    Srivastava et al. 2014, "inverted": scaled in training, so that evaluation needn't.

    Args:
        p: probability to drop, 0 <= p < 1.
        generator: one for all of the input, or a sequence of one for each run, so that network r is dropped
            what it would be alone with the r-th. Torch's own unless given.
    """

    def __init__(self, p: float = 0.5, generator: Generator | Sequence[Generator] | None = None) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"Dropout: p is the probability to drop, 0 <= p < 1, not {p}")
        self.p = p
        self.runs = len(generator) if isinstance(generator, Sequence) else None
        self._generators = list(generator) if isinstance(generator, Sequence) else [generator]

    def forward(self, x: Tensor) -> Tensor:
        """X with some elements dropped; in evaluation x itself."""
        at = self._workspaces.find(x) or self._allocate(x)
        self._current = at
        if not self.training:
            at.mask.fill_(1)
            return at.output.copy_(x)
        masks = at.mask.mT if self.runs is not None else [at.mask.mT]
        for mask, drawn, generator in zip(masks, at.drawn, self._generators, strict=True):
            mask.copy_(drawn.bernoulli_(1 - self.p, generator=generator))
        at.mask.div_(1 - self.p)
        return at.output.copy_(x).mul_(at.mask)

    def backward(self, grad: Tensor) -> Tensor | None:
        """Returns grad where nothing was dropped, scaled as the output was."""
        at: DropoutWorkspace = self.due(grad)
        return at.input_grad.copy_(grad).mul_(at.mask) if self.needs_input_grad else None

    def _allocate(self, x: Tensor) -> DropoutWorkspace:
        shape = tuple(x.shape) if self.runs is None or x.dim() > 2 else (self.runs, *x.shape)
        if x.dim() < 2 or (self.runs is not None and shape[0] != self.runs):
            raise ValueError(f"{self.where()}: input shape {tuple(x.shape)} doesn't fit {self.runs or 1} generators")
        output, mask, input_grad = (columns(*shape, like=x) for _ in range(3))
        drawn_shape = mask.mT.shape if self.runs is None else mask.mT.shape[1:]
        drawn = [
            empty(drawn_shape, dtype=x.dtype, device=x.device if g is None else g.device) for g in self._generators
        ]
        at = DropoutWorkspace(output, mask, drawn, input_grad)
        self._workspaces.keep(x, at)
        return at

    def generators(self) -> list[Generator]:
        """The generators that masks are drawn from."""
        return list({id(g): g for g in self._generators if g is not None}.values())

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
