"""SGD, Adadelta and Adam, each with the steps and the names of its namesake in torch.optim."""

from collections.abc import Iterable
from math import sqrt

from torch import Tensor

from .optimizer import Optimizer, require
from .parameter import Parameter

__all__ = ["SGD", "Adadelta", "Adam", "Optimizer"]


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum m where given.

    g = grad + weight_decay · value;  b ← m b + (1 - dampening) g, the first time b ← g;
    value ← value - lr b, with `nesterov` value - lr (g + m b), without momentum value - lr g.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        lr_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, lr_decay)
        require(self, momentum=momentum >= 0, nesterov=not nesterov or (momentum > 0 and dampening == 0))
        self.momentum, self.dampening, self.nesterov = momentum, dampening, nesterov

    def update(self, i: int, value: Tensor, grad: Tensor, rate: float) -> None:
        """See the class."""
        if self.momentum:
            first = self.steps == 1
            b = self.slot("momentum", i).mul_(self.momentum).add_(grad, alpha=1 if first else 1 - self.dampening)
            grad = grad.add(b, alpha=self.momentum) if self.nesterov else b
        value.add_(grad, alpha=-rate)


class Adadelta(Optimizer):
    """Zeiler 2012: steps in the units of the parameters, so that lr = 1 needs no tuning.

    g = grad + weight_decay · value;  v ← ρ v + (1 - ρ) g²;  d = g √(u + ε) / √(v + ε);  u ← ρ u + (1 - ρ) d²;
    value ← value - lr d.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        lr_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, lr_decay)
        require(self, rho=0 <= rho <= 1, eps=eps >= 0)
        self.rho, self.eps = rho, eps

    def update(self, i: int, value: Tensor, grad: Tensor, rate: float) -> None:
        """See the class."""
        v, u = self.slot("square_avg", i), self.slot("acc_delta", i)
        v.mul_(self.rho).addcmul_(grad, grad, value=1 - self.rho)
        delta = u.add(self.eps).sqrt_().div_(v.add(self.eps).sqrt_()).mul_(grad)
        u.mul_(self.rho).addcmul_(delta, delta, value=1 - self.rho)
        value.add_(delta, alpha=-rate)


class Adam(Optimizer):
    """Kingma & Ba 2015: momentum, divided by the gradient's root mean square.

    g = grad + weight_decay · value;  m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  at step t = 1, 2, ...
    value ← value - lr m' / (√v' + ε) with m' = m / (1 - β₁ᵗ), v' = v / (1 - β₂ᵗ).
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        lr_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, lr_decay)
        require(self, betas=all(0 <= beta < 1 for beta in betas), eps=eps >= 0)
        self.betas, self.eps = betas, eps

    def update(self, i: int, value: Tensor, grad: Tensor, rate: float) -> None:
        """See the class."""
        (beta1, beta2), t = self.betas, self.steps
        m = self.slot("exp_avg", i).mul_(beta1).add_(grad, alpha=1 - beta1)
        v = self.slot("exp_avg_sq", i).mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        denominator = v.sqrt().div_(sqrt(1 - beta2**t)).add_(self.eps)
        value.addcdiv_(m, denominator, value=-rate / (1 - beta1**t))
