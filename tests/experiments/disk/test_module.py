"""Disk models under Lightning: what the native loop alone would give, bit for bit."""

from pathlib import Path

import pytest
import torch
from omegaconf import DictConfig

from src.experiments.disk.data import DiskData
from src.experiments.disk.module import DiskModule
from src.lab.config import check
from src.lab.module import build_data, build_model
from src.minidl import Loop

from .small import HARD, config, run, same, weights


def build(cfg: DictConfig) -> DiskModule:
    model = build_model(cfg, check(cfg))
    assert isinstance(model, DiskModule)
    return model


def bare_loop(cfg: DictConfig) -> Loop:
    """The native loop as the configuration describes it, without Lightning."""
    data, model = build_data(cfg), build(cfg)
    data.setup("fit")
    assert isinstance(data, DiskData) and data.splits is not None
    loop = model.native_loop(data.splits.train)
    with torch.no_grad():
        loop.run(cfg.epochs)
    return loop


@pytest.mark.parametrize("settings", [[], ["runs=3", *HARD], ["optimizer=adam", "schedule=cosine"]], ids=str)
def test_weights_are_bit_equal_to_the_bare_loops(settings: list[str], tmp_path: Path) -> None:
    run(tmp_path, *settings)
    loop = bare_loop(config(tmp_path, *settings))
    assert same(weights(tmp_path), [p.value for p in loop.net.parameters()])


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("model", ["disk_tanh", "disk_relu", "disk_one_output"])
def test_every_model_learns(model: str, tmp_path: Path) -> None:
    settings = ["data.train_points=500", "data.test_points=500", "epochs=100", "optimizer.lr=0.3", "runs=3"]
    result = run(tmp_path, f"model={model}", *settings)
    assert result["metrics"]["test/error"] < 15, "guessing errs 50 %"


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("optimizer", ["sgd", "adadelta", "adam"])
def test_network_r_is_the_network_of_its_own_seed(optimizer: str, tmp_path: Path) -> None:
    torch.set_default_dtype(torch.float64)
    settings = [f"optimizer={optimizer}", "model.dropout=0.2", "data.train_points=50"]  # the last batch has 10
    try:
        together = run(tmp_path / "all", "runs=3", "seed=5", *settings)
        for r in range(3):
            alone = run(tmp_path / str(r), f"seed={5 + r}", *settings)
            for many, one in zip(weights(tmp_path / "all"), weights(tmp_path / str(r)), strict=True):
                torch.testing.assert_close(many[r], one, rtol=1e-12, atol=1e-12)
            assert together["runs"][r] == alone["runs"][0] == {"seed": 5 + r, "metrics": alone["metrics"], "epochs": 6}
    finally:
        torch.set_default_dtype(torch.float32)
    assert together["parameters"] == alone["parameters"] == 2 * 25 + 25 + 2 * (25 * 25 + 25) + 25 * 2 + 2


def test_what_is_logged_of_several_networks_is_their_mean(tmp_path: Path) -> None:
    result = run(tmp_path, "runs=3")
    names = {f"{split}/{name}" for split in ("train", "val", "test") for name in ("loss", "error", "accuracy")}
    assert set(result["metrics"]) == names | {"test/area_error", "test/area_accuracy", "val/saturation_epoch"}
    for name, mean in result["metrics"].items():
        assert mean == pytest.approx(sum(each["metrics"][name] for each in result["runs"]) / 3, rel=1e-5)
    assert [each["seed"] for each in result["runs"]] == [0, 1, 2]


def test_a_small_gradient_ends_the_run(tmp_path: Path) -> None:
    result = run(tmp_path, "model.stop_gradient=0.3", "epochs=400")
    loop = bare_loop(config(tmp_path, "model.stop_gradient=0.3", "epochs=400"))
    assert result["epochs"] == loop.epoch < 400
    assert same(weights(tmp_path), [p.value for p in loop.net.parameters()])


def test_nothing_requires_gradients(tmp_path: Path) -> None:
    model = build(config(tmp_path))
    assert not any(p.requires_grad for p in model.parameters())


def test_the_network_follows_its_weights_to_other_memory(tmp_path: Path) -> None:
    """As after a move to another device, or back from it."""
    model = build(config(tmp_path))
    moved = {name: torch.rand_like(weight) for name, weight in model.weights.items()}
    for name, weight in model.weights.items():
        weight.data = moved[name].clone()
    model.bind()
    for name, p in model.network.named_parameters().items():
        assert torch.equal(p.value, moved[name.replace(".", "_")])
        p.value.add_(1)
        assert torch.equal(model.weights[name.replace(".", "_")], p.value)
