from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from torch import nn

from src.experiments.pairs.layers import conv_net, mlp, uniform_fan_in
from src.experiments.pairs.networks import DigitNets, Ensemble, Prediction, TwoChannels, with_neighbours
from src.experiments.pairs.readout import decide
from src.lab.config import compose
from src.lab.places import CONF
from src.lab.train import run

from .tiny import TINY

MODELS = sorted(path.stem for path in (CONF / "experiments/pairs/model").glob("*.yaml"))
COUNTS = {"digit_mlp": 414_418, "digit_cnn": 341_026}


def build(*overrides: str) -> nn.Module:
    torch.manual_seed(0)
    network: nn.Module = instantiate(compose(*overrides).model.network)
    return network


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("model", MODELS)
def test_shapes_and_a_gradient_for_every_parameter(model: str) -> None:
    network = build(f"model={model}")
    prediction: Prediction = network(torch.randn(6, 2, 14, 14))
    total = torch.zeros(())
    for part in prediction:
        total = total if part is None else total + part.square().sum()
    assert prediction.pair is None or prediction.pair.shape == (6, 2)
    assert prediction.digits is None or prediction.digits.shape == (6, 2, 10)
    assert prediction.pair is not None or prediction.digits is not None
    total.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


@pytest.mark.parametrize("model", COUNTS)
def test_parameters_are_exactly_as_many_as_the_report_counts(model: str) -> None:
    assert count(build(f"model={model}")) == COUNTS[model]


@pytest.mark.parametrize("model", ["ws_aux_bn_dropout", "best"])
def test_parameters_are_no_more_than_report_bs(model: str) -> None:
    assert count(build(f"model={model}")) <= 76_846


@pytest.mark.long(keep=4)
@pytest.mark.parametrize("model", MODELS)
def test_a_model_trains_an_epoch_and_tests(model: str, tmp_path: Path) -> None:
    cfg = compose(*TINY, f"model={model}", "epochs=1", "trainer=cpu")
    cfg.job.folder = str(tmp_path)
    metrics = run(cfg)["metrics"]
    names_digits = cfg.model.aux_weight > 0 and cfg.model.get("aux_at") != "features"
    readouts = {"test/error_argmax", "test/error_bayes", "test/digit_accuracy_first", "test/digit_accuracy_second"}
    assert readouts <= set(metrics) if names_digits else not readouts & set(metrics)
    if cfg.model.readout != "head":
        assert metrics["test/error"] == metrics[f"test/error_{cfg.model.readout}"]


def test_shared_weights_give_swapped_digits_for_swapped_images() -> None:
    images = torch.randn(5, 2, 14, 14)
    net = conv_net(1, 10, hidden=20, batch_norm=True)
    alike = DigitNets(net, head=mlp([20, 10, 2])).eval()
    other = DigitNets(net, conv_net(1, 10, hidden=20, batch_norm=True)).eval()
    for network, shares in (alike, True), (other, False):
        digits, swapped = network(images).digits, network(images.flip(1)).digits
        assert torch.allclose(digits.flip(1), swapped, atol=1e-6) == shares


@pytest.mark.parametrize("sees", ["probabilities", "logits"])
def test_the_head_sees_what_it_is_told_to(sees: str) -> None:
    seen: list[torch.Tensor] = []
    head = mlp([20, 10, 2])
    head.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    digits = DigitNets(conv_net(1, 10, hidden=20), head=head, head_sees=sees)(torch.randn(5, 2, 14, 14)).digits
    expected = digits.softmax(2) if sees == "probabilities" else digits
    assert torch.allclose(seen[0], expected.reshape(5, 20))


def test_one_logit_is_binary_cross_entropy() -> None:
    images, target = torch.randn(8, 2, 14, 14), torch.randint(2, (8,))
    network = TwoChannels(conv_net(2, 1, hidden=None))
    ours = nn.functional.cross_entropy(network(images).pair, target)
    theirs = nn.functional.binary_cross_entropy_with_logits(network.net(images).squeeze(1), target.float())
    assert torch.allclose(ours, theirs)


def test_the_auxiliary_loss_on_features_sees_all_of_them() -> None:
    prediction = build("model=ws_aux_features")(torch.randn(4, 2, 14, 14))
    assert prediction.auxiliary.shape == (4, 2, 48 * 3 * 3)


def test_uniform_fan_in_is_within_its_bound_and_fills_it() -> None:
    network = conv_net(1, 10)
    uniform_fan_in(network)
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            bound = (module.in_features if isinstance(module, nn.Linear) else 9 * module.in_channels) ** -0.5
            assert module.weight.abs().max() <= bound
            assert module.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.1)


def test_an_ensemble_averages_probabilities() -> None:
    ensemble = Ensemble(lambda: conv_net(1, 10, hidden=20), nets=3).eval()
    images = torch.randn(4, 2, 14, 14)
    each = [net(images.flatten(0, 1).unsqueeze(1)).softmax(1) for net in ensemble.nets]
    expected = torch.stack(each).mean(0).view(4, 2, 10)
    prediction = ensemble(images)
    assert torch.allclose(prediction.digits.softmax(2), expected, atol=1e-6)
    assert torch.allclose(prediction.auxiliary[:, 2:4].softmax(2), each[1].view(4, 2, 10), atol=1e-6)


def test_neighbours_are_moved_by_one_pixel_and_fill_with_background() -> None:
    images = torch.rand(3, 2, 14, 14) - 5
    still, down, up, right, left = with_neighbours(images)
    assert torch.equal(still, images)
    assert torch.equal(down[..., 1:, :], images[..., :-1, :])
    assert torch.equal(up[..., :-1, :], images[..., 1:, :])
    assert torch.equal(right[..., 1:], images[..., :-1])
    assert torch.equal(left[..., :-1], images[..., 1:])
    assert (down[..., 0, :] == images.min()).all()


def test_decisions_a_network_cannot_make_are_refused() -> None:
    with pytest.raises(ValueError, match="names no digits"):
        decide(Prediction(pair=torch.randn(2, 2)), "bayes")
    with pytest.raises(ValueError, match="no head"):
        decide(Prediction(digits=torch.randn(2, 2, 10)), "head")


def test_each_ablation_leaves_out_what_its_name_says() -> None:
    def has(network: nn.Module, kind: type[nn.Module]) -> bool:
        return any(isinstance(module, kind) for module in network.modules())

    whole, without_bn, without_dropout = (
        build(f"experiment={name}") for name in ("all_parts", "without_bn", "without_dropout")
    )
    assert has(whole, nn.BatchNorm2d) and has(whole, nn.Dropout)
    assert not has(without_bn, nn.BatchNorm2d) and not has(without_bn, nn.BatchNorm1d) and has(without_bn, nn.Dropout)
    assert not has(without_dropout, nn.Dropout) and has(without_dropout, nn.BatchNorm2d)
    without_ws = build("experiment=without_ws")
    assert count(without_ws) == count(whole) + count(whole.first)
    assert not torch.equal(without_ws.first[1][-1][-1].weight, without_ws.second[1][-1][-1].weight)
    assert build("experiment=without_probabilities").head_sees == "logits"
    assert compose("experiment=without_aux").model.aux_weight == 0 < compose("experiment=all_parts").model.aux_weight
    assert compose("experiment=all_parts").data.augment is None
    assert compose("experiment=with_augmentation").data.augment == compose("model=best").data.augment
