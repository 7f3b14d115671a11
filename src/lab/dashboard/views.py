"""What a module may show of itself on the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hydra.utils import get_class
from torch import Tensor

from .events import Layout
from .graph import Layer

if TYPE_CHECKING:  # matplotlib is for those who draw
    from matplotlib.figure import Figure

Drawing = Callable[[], "Figure"]  # of what was measured when it was made


class Embedding(NamedTuple):
    """Points `(n, features)` for the projector, with a label and an image `(n, 1, h, w)` in 0 to 1 for each."""

    title: str
    features: Tensor
    labels: list[str]
    images: Tensor


class Views:
    """What the dashboard asks for. An experiment's `views` names a subclass, which says some of it; as it stands,
    nothing is shown. None of it may draw from chance.

    Args:
        module: the LightningModule that is trained.
    """

    def __init__(self, module: Any) -> None:
        self.module = module

    def vitals(self) -> dict[str, float]:
        """Now: `lr`, `gradient_norm` of the last step, `samples` trained on since the epoch began, and whatever else
        is to be logged, under a tag with a slash.
        """
        return {}

    def figures(self, final: bool) -> dict[str, Drawing]:
        """By name: those that change with training or, at the end, all. What is drawn is fixed now."""
        return {}

    def layers(self) -> list[Layer]:
        """Of the network, for the graph."""
        return []

    def embedding(self) -> Embedding | None:
        """Of the network's features, where there are any."""
        return None

    def layout(self) -> Layout:
        """Charts of the custom scalars tab beside those of the losses and the monitor."""
        return {}


def first_of(seeds: Sequence[int]) -> str:
    """Which network is drawn of those that were trained at once from these seeds; nothing of one that is alone."""
    return f"network 1 of {len(seeds)} (seed {seeds[0]})" if len(seeds) > 1 else ""


def plain(tensor: Tensor) -> Tensor:
    """On the CPU, and of a type that numpy has: of bfloat16 it has none."""
    return (tensor.float() if tensor.is_floating_point() else tensor).detach().cpu()


def views_of(module: Any, name: str | None) -> Views:
    """The module's views by the name of their class; without one, nothing is shown."""
    made: Views = get_class(name)(module) if name else Views(module)
    return made
