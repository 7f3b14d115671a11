"""The forms of layers for several networks, beside the layers themselves."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from src.experiments.pairs.forms import FORMS, Dropouts
from src.experiments.pairs.stacked import stacked


def beside(layers: list[nn.Module], x: Tensor) -> None:
    """Outputs, gradients, and what is kept of the statistics are each layer's own."""
    together = stacked(layers)
    inputs = x.clone().requires_grad_()
    own = [each.clone().requires_grad_() for each in x]
    output = together(inputs)
    weights = torch.randn_like(output)
    (output * weights).sum().backward()
    for r, (layer, each) in enumerate(zip(layers, own, strict=True)):
        alone = layer(each)
        (alone * weights[r]).sum().backward()
        torch.testing.assert_close(output[r], alone)
        assert inputs.grad is not None and each.grad is not None
        torch.testing.assert_close(inputs.grad[r], each.grad)
        for mine, theirs in zip(together.parameters(), layer.parameters(), strict=True):
            assert mine.grad is not None and theirs.grad is not None
            torch.testing.assert_close(mine.grad.chunk(len(layers))[r], theirs.grad)
        for mine, theirs in zip(together.buffers(), layer.buffers(), strict=True):
            torch.testing.assert_close(mine.chunk(len(layers))[r] if mine.dim() else mine, theirs)


@settings(max_examples=25)
@given(runs=st.integers(1, 4), n=st.integers(2, 5), channels=st.integers(1, 3), width=st.integers(1, 3), data=st.data())
def test_on_images(runs: int, n: int, channels: int, width: int, data: st.DataObject) -> None:
    groups = data.draw(st.sampled_from([1, channels]))
    stride, padding, bias = data.draw(st.integers(1, 2)), data.draw(st.integers(0, 1)), data.draw(st.booleans())
    makers = [
        lambda: nn.Conv2d(channels, groups * width, 3, stride, padding, groups=groups, bias=bias),
        lambda: nn.BatchNorm2d(channels),
        lambda: nn.BatchNorm2d(channels, momentum=None),
        lambda: nn.MaxPool2d(2),
        lambda: nn.AdaptiveAvgPool2d(1),
        lambda: nn.Flatten(),
        lambda: nn.Flatten(0, 1),
        lambda: nn.Flatten(2),
        lambda: nn.ReLU(),
    ]
    x = torch.randn(runs, n, channels, 5, 5, dtype=torch.float64)
    make = data.draw(st.sampled_from(makers))
    beside([make().double() for _ in range(runs)], x)


@settings(max_examples=25)
@given(runs=st.integers(1, 4), n=st.integers(2, 5), inputs=st.integers(1, 4), outputs=st.integers(1, 4), data=st.data())
def test_on_features(runs: int, n: int, inputs: int, outputs: int, data: st.DataObject) -> None:
    bias, more = data.draw(st.booleans()), data.draw(st.sampled_from([[], [3]]))
    x = torch.randn(runs, n, *more, inputs, dtype=torch.float64)
    beside([nn.Linear(inputs, outputs, bias).double() for _ in range(runs)], x)
    beside([nn.BatchNorm1d(inputs).double() for _ in range(runs)], x[:, :, 0] if more else x)


@given(seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=4), p=st.floats(0, 0.9), calls=st.integers(1, 3))
def test_dropout_draws_the_masks_that_torch_draws_of_the_same_seed(seeds: list[int], p: float, calls: int) -> None:
    together = Dropouts(nn.Dropout(p), len(seeds))
    together.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    features = torch.randn(calls, len(seeds), 5, 7)
    images = torch.randn(len(seeds), 5, 3, 4, 4).flatten(0, 1).to(memory_format=torch.channels_last)
    outputs = [together(x) for x in features] + [together(images.view(len(seeds), 5, 3, 4, 4))]
    for r, seed in enumerate(seeds):
        torch.manual_seed(seed)
        for output, x in zip(outputs, [*features, images.view(len(seeds), 5, 3, 4, 4)], strict=True):
            assert output[r].equal(nn.functional.dropout(x[r], p))
    assert together.eval()(features[0]).equal(features[0])


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: str(kind.__name__))
def test_every_form_keeps_the_networks_apart(kind: type[nn.Module]) -> None:
    """What one network gets changes nothing for another, not even where it is NaN."""
    shapes = {nn.Linear: (4, 6), nn.BatchNorm1d: (4,), nn.AdaptiveAvgPool2d: (1,), nn.BatchNorm2d: (4,)}
    arguments = {nn.Conv2d: (4, 2, 3), nn.Dropout: (0.5,), nn.MaxPool2d: (2,), nn.AvgPool2d: (2,)} | shapes
    layers = [kind(*arguments.get(kind, ())) for _ in range(3)]
    x = torch.randn(3, 5, 4) if kind in (nn.Linear, nn.BatchNorm1d) else torch.randn(3, 5, 4, 6, 6)
    other = x.clone()
    other[1] = torch.nan
    outputs = []
    for each in x, other:
        together = stacked(layers)
        for layer in (layer for layer in together.modules() if isinstance(layer, Dropouts)):
            layer.generators = [torch.Generator().manual_seed(seed) for seed in range(3)]
        outputs.append(together(each))
    assert all(outputs[0][r].equal(outputs[1][r]) for r in (0, 2))
