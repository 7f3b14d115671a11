"""Parameters by name: listed, saved and restored."""

from collections.abc import Mapping, Sequence

from torch import Generator, Tensor

from .parameter import Parameter


class Stateful:
    """Holds `Parameter`s as attributes, and more of its kind as `children`.

    Attributes:
        place: where it stands in a network, for messages: "Sequential[2]".
    """

    def __init__(self) -> None:
        self.place = ""

    def children(self) -> "Sequence[tuple[str, Stateful]]":
        """What is inside, by name."""
        return []

    def named_parameters(self) -> dict[str, Parameter]:
        """Parameters by name: "weight", "0.weight", "3.1.bias"."""
        named = {k: v for k, v in vars(self).items() if isinstance(v, Parameter) and not k.startswith("_")}
        for name, child in self.children():
            named |= {f"{name}.{key}": p for key, p in child.named_parameters().items()}
        return named

    def parameters(self) -> list[Parameter]:
        """Parameters, in the order of the layers."""
        return list(self.named_parameters().values())

    def param(self) -> list[tuple[Tensor, Tensor]]:
        """`(value, grad)` of each parameter."""
        return [(p.value, p.grad) for p in self.parameters()]

    def zero_grad(self) -> None:
        """Set every gradient to zero."""
        for p in self.parameters():
            p.grad.zero_()

    def generators(self) -> list[Generator]:
        """The random generators that `forward` draws from, each once (torch's own isn't among them)."""
        return list({id(g): g for _, child in self.children() for g in child.generators()}.values())

    def state_dict(self) -> dict[str, Tensor]:
        """A copy of every parameter's value, by name."""
        return {name: p.value.clone() for name, p in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Copy values in, all of them or, where it raises, none.

        Raises:
            KeyError: names are missing, or unexpected.
            ValueError: a shape differs.
        """
        own = self.named_parameters()
        if own.keys() != state.keys():
            missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
            raise KeyError(f"{self.where()}: the state misses {missing}, and its {unexpected} are unexpected")
        for name, p in own.items():
            if p.value.shape != state[name].shape:
                shapes = f"{tuple(p.value.shape)}, the state's {tuple(state[name].shape)}"
                raise ValueError(f"{self.where()}: {name} has shape {shapes}")
        for name, p in own.items():
            p.value.copy_(state[name])

    def storage(self) -> list[Parameter]:
        """The parameters that own this module's memory; where others are views of them, only these."""
        return [v for v in vars(self).values() if isinstance(v, Parameter)]

    def where(self) -> str:
        """Place and description, the beginning of every message."""
        return f"{self.place} {self!r}".strip()
