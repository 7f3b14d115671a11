"""Whole networks as one, beside each of them alone."""

from copy import deepcopy

import pytest
import torch
from hydra.utils import instantiate
from torch import nn

from src.experiments.pairs.forms import Dropouts
from src.experiments.pairs.stacked import one_of, stacked
from src.lab.config import compose
from src.lab.places import CONF

MODELS = sorted(path.stem for path in (CONF / "experiments/pairs/model").glob("*.yaml"))


def networks(model: str, runs: int) -> list[nn.Module]:
    """With other weights each."""
    cfg = compose(f"model={model}")
    made = []
    for seed in range(runs):
        torch.manual_seed(seed)
        made.append(instantiate(cfg.model.network).double().to(memory_format=torch.channels_last))
    return made


def seeded(network: nn.Module, runs: int) -> nn.Module:
    """Masks are drawn by these seeds."""
    generators = [torch.Generator().manual_seed(100 + r) for r in range(runs)]
    for layer in (each for each in network.modules() if isinstance(each, Dropouts)):
        layer.generators = generators
    return network


@pytest.mark.long(keep=5)
@pytest.mark.parametrize("model", MODELS)
def test_what_a_network_predicts_and_learns_is_what_it_does_alone(model: str) -> None:
    """In training mode: with masks, and statistics of its own batch."""
    alone = networks(model, 3)
    together = seeded(stacked(deepcopy(alone)).to(memory_format=torch.channels_last), 3)
    images = torch.randn(3, 4, 2, 14, 14, dtype=torch.float64)
    predicted = together(images)
    sum(part.square().mean((1, 2)).sum() for part in predicted if part is not None).backward()
    for r, network in enumerate(alone):
        torch.manual_seed(100 + r)
        own = network(images[r])
        for mine, theirs in zip(predicted, own, strict=True):
            assert (mine is None) == (theirs is None)
            if theirs is not None:
                torch.testing.assert_close(mine[r], theirs)
        sum(part.square().mean((0, 1)).sum() for part in own if part is not None).backward()
        for mine, theirs in zip(together.parameters(), network.parameters(), strict=True):
            assert mine.ndim == theirs.ndim, "which parameters decay is told by it"
            if theirs.grad is not None:
                torch.testing.assert_close(mine.grad.chunk(3)[r], theirs.grad)
        for mine, theirs in zip(together.buffers(), network.buffers(), strict=True):
            torch.testing.assert_close(mine.chunk(3)[r] if mine.dim() else mine, theirs)


@pytest.mark.parametrize("model", ["ws_aux_bn_dropout", "resnet", "best_large"])
def test_one_of_the_networks_comes_back(model: str) -> None:
    alone = networks(model, 3)
    for r, network in enumerate(alone):
        back = one_of(stacked(alone), r, 3, networks(model, 1)[0])
        assert all(map(torch.equal, back.state_dict().values(), network.state_dict().values()))
        images = torch.randn(2, 2, 14, 14, dtype=torch.float64)
        found, expected = (each.eval()(images) for each in (back, network))
        assert all(mine is None or mine.equal(theirs) for mine, theirs in zip(found, expected, strict=True))


def test_what_is_at_two_places_stays_one_and_what_is_not_trained_stays_so() -> None:
    def make() -> nn.Module:
        middle = nn.Linear(3, 3)
        return nn.Sequential(middle, nn.ReLU(), middle, nn.Linear(3, 2).requires_grad_(False))

    together = stacked([make() for _ in range(2)])
    assert together[0] is together[2]
    assert [(len(p), p.requires_grad) for p in together.parameters()] == [(6, True)] * 2 + [(4, False)] * 2


class Mine(nn.Module):
    """A layer that nobody has a form for."""


@pytest.mark.parametrize("layer", [Mine(), nn.Conv1d(1, 1, 1), nn.LayerNorm(3), nn.Dropout2d(0.5), nn.LSTM(2, 2)])
def test_what_has_no_form_for_several_networks_is_refused_in_one_line(layer: nn.Module) -> None:
    said = rf"runs=2: this network has a {type(layer).__name__}, which is trained alone; take -m 'seed=range\(2\)', or"
    with pytest.raises(ValueError, match=said) as refused:
        stacked([nn.Sequential(nn.ReLU(), layer)] * 2)
    assert "\n" not in str(refused.value)
