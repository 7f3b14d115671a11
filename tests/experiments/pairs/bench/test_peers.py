"""The peers train the same network on the same task: what is compared is how it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from src.experiments.pairs import mnist
from src.experiments.pairs.bench import fit, plain
from src.experiments.pairs.data import draw_pairs
from src.experiments.pairs.module import PairsModule
from src.lab.bench import drawing
from src.lab.config import check
from src.lab.module import build_model


def ours(folder: Path) -> PairsModule:
    model = build_model(cfg := fit.configuration(folder), check(cfg))
    assert isinstance(model, PairsModule)
    return model


def test_the_plain_network_is_ours_weight_by_weight(tmp_path: Path) -> None:
    theirs, model = plain.Net().eval(), ours(tmp_path).eval()
    assert sum(p.numel() for p in theirs.parameters()) == sum(p.numel() for p in model.parameters())
    layers = dict(
        zip(["conv1", "bn1", "conv2", "bn2", "fc1", "bn3", "fc2", "fc3", "bn4", "fc4"], _layers(model), strict=True)
    )
    for name, layer in layers.items():
        getattr(theirs, name).load_state_dict(layer.state_dict())
    images = torch.randn(8, 2, 14, 14)
    with torch.no_grad():
        pair, first, second = theirs(images)
        prediction = model(images)
    assert prediction.pair is not None and prediction.digits is not None
    torch.testing.assert_close(pair, prediction.pair)
    torch.testing.assert_close(torch.stack([first, second], 1), prediction.digits)


def _layers(model: PairsModule) -> list[torch.nn.Module]:
    kinds = (torch.nn.Conv2d, torch.nn.BatchNorm2d, torch.nn.Linear, torch.nn.BatchNorm1d)
    return [each for each in model.network.modules() if isinstance(each, kinds)]


def test_the_plain_loss_is_ours(tmp_path: Path) -> None:
    model = ours(tmp_path).eval()
    pairs = draw_pairs(mnist.mnist20k(), 0, 20, 20, 20).train
    prediction = model(pairs.images)
    output = prediction.pair, prediction.digits[:, 0], prediction.digits[:, 1]
    expected = model.objective.loss(prediction, pairs, 0.0, False)
    torch.testing.assert_close(plain.loss_of(output, pairs.classes, pairs.target), expected)


def test_the_plain_data_are_pairs_of_digits_standardised() -> None:
    train, val = plain.draw(str(mnist.MNIST20K), 3, pairs=50)
    images, classes, target = train.tensors
    assert images.shape == (50, 2, 14, 14) and len(val) == 50
    assert abs(float(images.mean())) < 1e-5 and abs(float(images.std()) - 1) < 1e-5
    assert target.tolist() == [int(a <= b) for a, b in classes.tolist()]


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    "measure", [fit.under_lightning, fit.by_hand, fit.plainly, fit.by_template, fit.on_the_processor]
)
def test_each_is_measured(measure: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "EPOCHS", 1)
    assert callable(measure) and 0 < measure(tmp_path, 1) < 60


@pytest.mark.long
def test_what_the_dashboard_costs_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "EPOCHS", 1)
    assert drawing.drawn(tmp_path / "drawn", 1) > 0 and drawing.undrawn(tmp_path / "undrawn", 1) > 0
    assert list(tmp_path.glob("drawn/figures/*.png")) and not list(tmp_path.glob("undrawn/figures/*.png"))


def test_multiplications_are_those_of_the_convolutions_and_products(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an image, forward: 96 and 48 channels of 3×3, two linear layers; three times that with backward, but for the
    images' own gradient, which nobody needs; the head's are a hundredth.
    """
    monkeypatch.setattr(fit, "EPOCHS", 1)
    monkeypatch.setattr(fit, "clock", lambda call: 20 * 2.0 * fit.PRODUCT**3)  # one operation a second
    first, others = 144 * 96 * 9, 36 * 48 * 96 * 9 + 432 * 64 + 64 * 10
    expected = 2 * 2000 * (2 * first + 3 * others + first + others)
    assert fit.multiplications(tmp_path, 1) == pytest.approx(expected, rel=0.01)
