"""The LightningModule against the same training written out by hand."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor, nn
from torch.nn import functional

from src.experiments.pairs import mnist
from src.experiments.pairs.data import Pairs, draw_pairs
from src.experiments.pairs.module import PairsModule
from src.lab import config
from src.lab.config import compose
from src.lab.module import build_model
from src.lab.seeding import epoch_order, stream
from src.lab.train import run

from .tiny import TINY

OPTIMIZERS: dict[str, Any] = {
    "adadelta": lambda parameters: torch.optim.Adadelta(parameters, lr=1.0),
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.001),
}


def build(cfg: DictConfig) -> PairsModule:
    model = build_model(cfg, config.check(cfg))
    assert isinstance(model, PairsModule)
    return model


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
    measured = run(cfg)["metrics"]

    aux = model != "basic"
    torch.manual_seed(5)
    network = instantiate(cfg.model.network).to(memory_format=torch.channels_last)
    update = OPTIMIZERS[optimizer](network.parameters())
    splits = draw_pairs(mnist.mnist20k(), 5, 40, 20, 20)
    for epoch in range(2):
        torch.manual_seed(stream(5, epoch, 0))
        order = epoch_order(40, 5, epoch)
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


class Rates(Callback):
    """Notes the learning rate of every step."""

    def __init__(self) -> None:
        self.found: list[float] = []

    def on_before_zero_grad(self, trainer: Trainer, pl_module: LightningModule, optimizer: Any) -> None:
        self.found.append(optimizer.param_groups[0]["lr"])


def rates(cfg: DictConfig, folder: Path) -> list[float]:
    """The learning rate of every step of a run."""
    cfg.job.folder = str(folder)
    noted = Rates()
    run(cfg, [noted])
    return noted.found


def test_one_cycle_ends_at_a_thousandth_of_the_rate(tmp_path: Path) -> None:
    found = rates(compose(*TINY, "model=best", "trainer=cpu", "epochs=4"), tmp_path)
    assert len(found) == 8
    assert found[0] == pytest.approx(0.001)
    assert max(found) == pytest.approx(0.01, rel=0.1)
    assert found[-1] < 0.001


STEP = "+schedule={_target_: torch.optim.lr_scheduler.StepLR, _partial_: true, step_size: 1, gamma: 0.5}"
PLATEAU = (
    "+schedule={_target_: torch.optim.lr_scheduler.ReduceLROnPlateau, _partial_: true, factor: 0.5, patience: 0, "
    "threshold: 1e9, threshold_mode: abs}"  # after the first, no epoch's loss is better by so much
)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [(STEP, [1, 1, 0.5, 0.5, 0.25, 0.25]), (PLATEAU, [1, 1, 1, 1, 0.5, 0.5])],
    ids=["StepLR", "ReduceLROnPlateau"],
)
def test_a_schedule_that_asks_for_no_number_of_steps_goes_on_with_each_epoch(
    schedule: str, expected: list[float], tmp_path: Path
) -> None:
    cfg = compose(*TINY, "model=basic", "optimizer=sgd", "optimizer.lr=1", "trainer=cpu", "epochs=3", schedule)
    assert rates(cfg, tmp_path) == expected


def test_a_schedule_from_a_yaml_that_asks_for_the_number_of_steps_gets_it(tmp_path: Path) -> None:
    cfg = compose(*TINY, "model=basic", "schedule=onecycle", "trainer=cpu", "epochs=4", "optimizer.lr=2")
    found = rates(cfg, tmp_path)
    assert (len(found), found[0]) == (8, pytest.approx(0.2))
    assert max(found) == pytest.approx(2, rel=0.1)


def test_too_few_steps_for_one_cycle_are_said_in_a_line(tmp_path: Path) -> None:
    cfg = compose(*TINY, "model=basic", "schedule=onecycle", "trainer=cpu", "epochs=1", "data.batch_size=10")
    with pytest.raises(ValueError, match="4 steps are too few for the schedule: more epochs, smaller batches"):
        rates(cfg, tmp_path)


def test_weight_decay_leaves_biases_and_normalisations_alone() -> None:
    optimizer = build(compose("model=ws_aux_bn", "optimizer.weight_decay=0.1")).configure_optimizers()
    matrices, vectors = optimizer.param_groups
    assert matrices["weight_decay"] == 0.1
    assert vectors["weight_decay"] == 0
    assert {p.ndim for p in vectors["params"]} == {1}
    assert {p.ndim for p in matrices["params"]} == {2, 4}


def test_an_accuracy_is_recorded_for_each_error(tmp_path: Path) -> None:
    cfg = compose(*TINY, "model=ws_aux_bn_dropout", "trainer=cpu")
    cfg.job.folder = str(tmp_path)
    result = run(cfg)
    found = result["metrics"]
    wrong = {name for name in found if "error" in name}
    assert {"train/error", "val/error", "test/error", "val/digit_error", "test/error_bayes"} <= wrong
    for name in wrong:
        assert found[name.replace("error", "accuracy")] == pytest.approx(100 - found[name])
    assert sum("accuracy" in name for name in found) == len(wrong)
    assert result["runs"] == [{"seed": 0, "metrics": found, "epochs": 2}]
    assert (result["units"]["test/accuracy"], result["better"]["test/accuracy"]) == ("%", "higher")
    assert (result["units"]["test/error"], result["better"]["test/error"]) == ("%", "lower")
