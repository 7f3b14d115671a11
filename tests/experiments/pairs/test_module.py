"""The LightningModule against the same training written out by hand."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from torch import Tensor, nn
from torch.nn import functional

from src.experiments.pairs import mnist
from src.experiments.pairs.data import Pairs, draw_pairs
from src.experiments.pairs.objective import Objective
from src.lab import train as experiment
from src.lab.config import compose
from src.lab.data import permutation, stream
from tests.conftest import TINY

OPTIMIZERS: dict[str, Any] = {
    "adadelta": lambda parameters: torch.optim.Adadelta(parameters, lr=1.0),
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.001),
}


def loss_by_hand(network: nn.Module, pairs: Pairs, aux: bool) -> tuple[Tensor, Tensor]:
    prediction = network(pairs.images)
    loss = functional.cross_entropy(prediction.pair, pairs.target)
    if aux:
        first, second = prediction.digits[:, 0], prediction.digits[:, 1]
        both = (
            functional.cross_entropy(first, pairs.classes[:, 0]),
            functional.cross_entropy(second, pairs.classes[:, 1]),
        )
        loss = loss + both[0] + both[1]
    return loss, prediction.pair.argmax(1) != pairs.target


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", ["basic", "ws_aux_bn_dropout"])
def test_losses_and_errors_equal_those_of_a_loop_written_by_hand(model: str, optimizer: str, tmp_path: Path) -> None:
    cfg = compose(*TINY, f"model={model}", f"optimizer={optimizer}", "seed=5", "trainer=cpu")
    cfg.job.folder = str(tmp_path)
    measured = experiment.run(cfg)["metrics"]

    aux = model != "basic"
    torch.manual_seed(5)
    network = instantiate(cfg.model.network).to(memory_format=torch.channels_last)
    update = OPTIMIZERS[optimizer](network.parameters())
    splits = draw_pairs(mnist.mnist20k(), 5, 40, 20, 20)
    for epoch in range(2):
        torch.manual_seed(stream(5, epoch, 0))
        order = permutation(40, 5, epoch)
        losses, wrong = [], []
        for indices in order[:20], order[20:]:
            loss, mistakes = loss_by_hand(network, Pairs(*(tensor[indices] for tensor in splits.train)), aux)
            update.zero_grad()
            loss.backward()
            update.step()
            losses.append(loss.item())
            wrong.append(mistakes)
    network.eval()
    with torch.no_grad():
        val, val_wrong = loss_by_hand(network, splits.val, aux)
        test, test_wrong = loss_by_hand(network, splits.test, aux)

    assert measured["train/loss"] == pytest.approx(sum(losses) / 2, rel=1e-4)
    assert measured["val/loss"] == pytest.approx(val.item(), rel=1e-4)
    assert measured["test/loss"] == pytest.approx(test.item(), rel=1e-4)
    assert measured["train/error"] == pytest.approx(100 * torch.cat(wrong).float().mean().item(), abs=1e-3)
    assert measured["val/error"] == pytest.approx(100 * val_wrong.float().mean().item(), abs=1e-3)
    assert measured["test/error"] == pytest.approx(100 * test_wrong.float().mean().item(), abs=1e-3)


@pytest.mark.parametrize("progress", [0.0, 0.25, 0.5, 1.0])
def test_loss_weights_follow_their_schedule(progress: float) -> None:
    assert Objective(0.7, "constant", 0).weights(progress) == (1, 0.7)
    pair, digits = Objective(0.7, "linear", 0).weights(progress)
    assert (pair / 2 + digits / 1.4) == pytest.approx(1)
    assert pair == 2 * progress
    assert (Objective(0.7, "digits_first", 0).weights(progress)[0] == 0) == (progress < 0.5)


def test_one_cycle_ends_at_a_thousandth_of_the_rate(tmp_path: Path) -> None:
    cfg = compose(*TINY, "model=best", "trainer=cpu", "epochs=4")
    model = experiment.build_model(cfg)
    rates = []
    cfg.job.folder = str(tmp_path)
    trainer = experiment.build_trainer(cfg)
    model.on_before_zero_grad = lambda optimizer: rates.append(optimizer.param_groups[0]["lr"])  # type: ignore[method-assign]
    trainer.fit(model, instantiate(cfg.data))
    assert len(rates) == 8
    assert rates[0] == pytest.approx(0.001)
    assert max(rates) == pytest.approx(0.01, rel=0.1)
    assert rates[-1] < 0.001


def test_weight_decay_leaves_biases_and_normalisations_alone() -> None:
    optimizer = experiment.build_model(compose("model=ws_aux_bn", "optimizer.weight_decay=0.1")).configure_optimizers()
    matrices, vectors = optimizer.param_groups
    assert matrices["weight_decay"] == 0.1
    assert vectors["weight_decay"] == 0
    assert {p.ndim for p in vectors["params"]} == {1}
    assert {p.ndim for p in matrices["params"]} == {2, 4}
