"""Dropout and batch normalisation of a batch in parts, in real processes, held to torch's own of the whole batch."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.distributed
import torch.multiprocessing
from torch import Tensor, nn

from src.experiments.pairs.together import Rows, put_together
from src.lab.data import Part

WHOLE = 7
SPLITS = {2: [(0, 3), (3, 7)], 3: [(0, 0), (0, 5), (5, 7)]}  # the first of three has no part, and is handed an item


def network() -> nn.Sequential:
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Dropout(0.4), nn.Linear(48, 4)]
    return nn.Sequential(*layers, nn.BatchNorm1d(4), nn.Dropout(0.25)).double()


def loss(network: nn.Module, pairs: Tensor) -> Tensor:
    """The sum over the items: of each, two rows go through the network, as a shared digit net sees them."""
    return network(pairs.flatten(0, 1)).unflatten(0, (-1, 2)).pow(3).mean(dim=(1, 2)).sum()


def items() -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(WHOLE, 2, 1, 6, 6, generator=generator, dtype=torch.float64) * 3 + 1


def work(number: int, world: int, folder: Path) -> None:
    """A process of several: two steps forwards and backwards; saves the gradients' sum over all, and the statistics."""
    torch.distributed.init_process_group("gloo", f"file://{folder / 'store'}", rank=number, world_size=world)
    net, rows = network(), Rows()
    put_together(net, rows)
    first, last = SPLITS[world][number]
    rows.part = Part(first, last, WHOLE)
    torch.manual_seed(2)
    for _ in range(2):
        mine = items()[first : max(last, first + 1)]
        (loss(net, mine) * (last > first) / WHOLE).backward()
    gradients = [parameter.grad for parameter in net.parameters() if parameter.grad is not None]
    for gradient in gradients:
        torch.distributed.all_reduce(gradient)
    torch.save((gradients, net.state_dict()), folder / f"{number}.pt")
    torch.distributed.destroy_process_group()


@pytest.mark.long
@pytest.mark.parametrize("world", [3, 2])
def test_parts_are_normalised_and_masked_as_the_whole(world: int, tmp_path: Path) -> None:
    torch.multiprocessing.spawn(work, (world, tmp_path), world)
    net = network()
    torch.manual_seed(2)
    for _ in range(2):
        (loss(net, items()) / WHOLE).backward()
    for number in range(world):
        gradients, state = torch.load(tmp_path / f"{number}.pt", weights_only=True)
        for found, parameter in zip(gradients, net.parameters(), strict=True):
            assert parameter.grad is not None
            assert torch.allclose(found, parameter.grad, rtol=1e-10, atol=1e-12)
        assert state.keys() == net.state_dict().keys()
        for name, value in net.state_dict().items():
            assert torch.allclose(state[name], value, rtol=1e-12, atol=1e-12), name


def test_a_whole_batch_is_masked_with_the_bits_of_torchs_own_dropout() -> None:
    x, rows = torch.randn(9, 5), Rows()
    rows.part = Part(0, 9, 9)
    layers = nn.Sequential(nn.Dropout(0.3))
    torch.manual_seed(0)
    expected = layers(x)
    put_together(layers, rows)
    torch.manual_seed(0)
    assert torch.equal(layers(x), expected)
    assert torch.equal(layers.eval()(x), x)


def test_a_batch_of_one_item_is_refused() -> None:
    net = nn.Sequential(nn.BatchNorm1d(3))
    put_together(net, Rows())
    with pytest.raises(ValueError, match="can't train on one item"):
        net(torch.randn(1, 3))
