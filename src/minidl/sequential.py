"""Modules one after the other."""

from itertools import pairwise

from torch import Tensor

from .module import Module


class Sequential(Module):
    """x → layers[0] → layers[1] → ... ; a Sequential may stand inside another.

    All parameters are moved into one flat buffer. The first layer with parameters, and what is before it, are
    spared their gradient with respect to the input, and `backward` returns None; `require_input_grad()` has
    it computed and returned.

    Raises:
        ValueError: a module stands in two places. It remembers one forward, so each place needs its own.
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__()
        self.layers = list(modules)
        places: dict[int, str] = {}
        for place, m in self.placed_modules("Sequential"):
            if id(m) in places:
                raise ValueError(f"{m!r} stands at {places[id(m)]} and again at {place}: each place needs its own")
            places[id(m)] = place
        for m in self.modules():
            m.place = places[id(m)]
        self.require_input_grad(not self.parameters())
        for layer, successor in pairwise(self.layers):
            layer.successor = successor
        self.pack()

    def forward(self, x: Tensor) -> Tensor:
        """Through every layer, from the first to the last."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad: Tensor) -> Tensor | None:
        """Back through the layers, from the last to the first whose input's gradient nobody needs."""
        flowing: Tensor | None = grad
        for layer in reversed(self.layers):
            if flowing is None:
                break
            flowing = layer.backward(flowing)
        return flowing

    def require_input_grad(self, needed: bool = True) -> None:
        """Behind a layer with parameters the gradient is needed in any case; before it, if asked for."""
        super().require_input_grad(needed)
        for layer in self.layers:
            layer.require_input_grad(needed)
            needed = needed or bool(layer.parameters())

    def children(self) -> list[tuple[str, Module]]:
        """The layers, named by their index."""
        return [(str(i), layer) for i, layer in enumerate(self.layers)]

    def __getitem__(self, index: int) -> Module:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def where(self) -> str:
        """The place alone: the description has a line for each layer."""
        return self.place

    def __repr__(self) -> str:
        lines = (f"[{i}] {layer!r}".replace("\n", "\n  ") for i, layer in self.children())
        return "Sequential(\n" + "".join(f"  {line}\n" for line in lines) + ")"
