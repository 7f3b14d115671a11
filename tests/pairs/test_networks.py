import pytest
import torch
from hydra.utils import instantiate
from torch import nn

from src.config import CONF, compose
from src.pairs.layers import conv_net, mlp
from src.pairs.networks import Prediction, Shared

MODELS = sorted(path.stem for path in (CONF / "model").glob("*.yaml"))


def build(model: str) -> nn.Module:
    torch.manual_seed(0)
    network: nn.Module = instantiate(compose(f"model={model}").model.network)
    return network


@pytest.mark.parametrize("model", MODELS)
def test_shapes_and_a_gradient_for_every_parameter(model: str) -> None:
    network = build(model)
    prediction: Prediction = network(torch.randn(6, 2, 14, 14))
    assert prediction.pair.shape == (6, 2)
    total = prediction.pair.square().sum()
    if prediction.digits is not None:
        assert prediction.digits.shape == (6, 2, 10)
        total = total + prediction.digits.square().sum()
    total.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


@pytest.mark.parametrize(("model", "most"), [("ws_aux_bn_dropout", 76_846)])
def test_parameters_are_no_more_than_the_reports(model: str, most: int) -> None:
    assert sum(parameter.numel() for parameter in build(model).parameters()) <= most


def test_weights_are_shared_swapping_images_swaps_digits() -> None:
    network = Shared(conv_net(1, 10, 20, batch_norm=True), mlp([20, 10, 2])).eval()
    images = torch.randn(5, 2, 14, 14)
    digits, swapped = network(images).digits, network(images.flip(1)).digits
    assert digits is not None
    assert torch.allclose(digits.flip(1), swapped, atol=1e-6)


def test_the_head_sees_probabilities_of_both_digits() -> None:
    seen: list[torch.Tensor] = []
    head = mlp([20, 10, 2])
    head.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    network = Shared(conv_net(1, 10, 20), head)
    digits = network(torch.randn(5, 2, 14, 14)).digits
    assert torch.allclose(seen[0], digits.softmax(2).reshape(5, 20))
