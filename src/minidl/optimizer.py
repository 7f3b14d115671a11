"""What every optimizer is: parameters, a learning rate, and a memory of past gradients."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, empty

from .parameter import Flat, Parameter


class Optimizer:
    """Changes parameters by their gradients; a subclass writes `update`.

    Where the parameters given are all of a network's, a step is one update of its flat buffer; else it is one
    of each parameter.

    Args:
        params: what to learn.
        lr: learning rate, >= 0; may be changed at any time.
        weight_decay: w, adds w · value to the gradient: that of ½ w value².
        lr_decay: the rate at step t = 0, 1, ... is lr / (1 + lr_decay · t) (report D; torch.optim.Adagrad's).

    Attributes:
        lr_factor: a factor on top of the rate, for schedules.
        steps: number of steps taken.
    """

    def __init__(
        self, params: Iterable[Parameter], lr: float, weight_decay: float = 0.0, lr_decay: float = 0.0
    ) -> None:
        self.params = list(params)
        if not self.params:
            raise ValueError(f"{type(self).__name__}: no parameters to learn")
        if len({id(p) for p in self.params}) < len(self.params):
            raise ValueError(f"{type(self).__name__}: a parameter is given twice")
        require(self, lr=lr >= 0, weight_decay=weight_decay >= 0, lr_decay=lr_decay >= 0)
        self.lr, self.weight_decay, self.lr_decay = lr, weight_decay, lr_decay
        self.lr_factor, self.steps = 1.0, 0
        self._slots: dict[str, list[Tensor]] = {}
        self._find()

    def update(self, i: int, value: Tensor, grad: Tensor, rate: float) -> None:
        """Change the i-th value, leaving `grad` as it is; `self.steps` counts this step already."""
        raise NotImplementedError

    def step(self) -> None:
        """Change all parameters by their gradients, once."""
        self._follow()
        rate = self.lr * self.lr_factor / (1 + self.lr_decay * self.steps)
        self.steps += 1
        for i, (value, grad) in enumerate(self._pairs):
            decayed = grad.add(value, alpha=self.weight_decay) if self.weight_decay else grad
            self.update(i, value, decayed, rate)

    def zero_grad(self) -> None:
        """Set all gradients to zero."""
        self._follow()
        for _, grad in self._pairs:
            grad.zero_()

    def slot(self, name: str, i: int) -> Tensor:
        """What is remembered under this name for the i-th value, in its shape; zeros at first."""
        if name not in self._slots:
            self._slots[name] = [zeros_like(value) for value, _ in self._pairs]
        return self._slots[name][i]

    def state_dict(self) -> dict[str, Any]:
        """Steps, rates and a copy of what is remembered: numbers and plain tensors."""
        slots = {name: [slot.clone() for slot in slots] for name, slots in self._slots.items()}
        return {"steps": self.steps, "lr": self.lr, "lr_factor": self.lr_factor, "slots": slots}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from the state of an optimizer of this kind, for parameters of the same shapes.

        Raises:
            ValueError: shapes differ.
        """
        self._follow()
        ours = [tuple(value.shape) for value, _ in self._pairs]
        for name, slots in state["slots"].items():
            if (theirs := [tuple(slot.shape) for slot in slots]) != ours:
                raise ValueError(f"{type(self).__name__}: {name} has shapes {ours}, the state's are {theirs}")
        self.steps, self.lr, self.lr_factor = state["steps"], state["lr"], state["lr_factor"]
        self._slots = {}
        for name, slots in state["slots"].items():
            for i, slot in enumerate(slots):
                self.slot(name, i).copy_(slot)

    def _follow(self) -> None:
        """Follow parameters that were moved, as by `net.to(device)`, and take what is remembered along."""
        for flat in self._flats:
            if flat.stale:
                return self._find()
        return None

    def _find(self) -> None:
        self._flats, self._pairs = flat_pairs(self.params)
        for slots in self._slots.values():
            if [slot.shape for slot in slots] != [value.shape for value, _ in self._pairs]:
                raise RuntimeError(
                    f"{type(self).__name__}: layers were put into another network after the first step; "
                    "make the optimizer when the network is complete"
                )
            slots[:] = [slot.to(value.device) for slot, (value, _) in zip(slots, self._pairs, strict=True)]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr}, {sum(p.value.numel() for p in self.params)} parameters)"


def flat_pairs(params: list[Parameter]) -> tuple[list[Flat], list[tuple[Tensor, Tensor]]]:
    """The flat buffers parameters are in, and the fewest `(value, grad)` that hold just these parameters."""
    groups: dict[int, list[Parameter]] = {}
    for p in params:
        groups.setdefault(id(p.flat), []).append(p)
    flats: list[Flat] = []
    pairs: list[tuple[Tensor, Tensor]] = []
    for group in groups.values():
        flat = group[0].flat
        flats += [] if flat is None else [flat]
        if flat is not None and sum(p.value.numel() for p in group) == flat.size:
            pairs.append((flat.value, flat.grad))
        else:
            pairs += [(p.value, p.grad) for p in group]
    return flats, pairs


def zeros_like(value: Tensor) -> Tensor:
    """Zeros of the same shape, where `value` is."""
    return empty(value.shape, dtype=value.dtype, device=value.device).zero_()


def require(optimizer: Optimizer, **holds: bool) -> None:
    """Raise ValueError naming the settings that are out of range."""
    if wrong := [name for name, fine in holds.items() if not fine]:
        raise ValueError(f"{type(optimizer).__name__}: {', '.join(wrong)} out of range")
