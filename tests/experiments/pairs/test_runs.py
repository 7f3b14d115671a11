"""Whole runs of pairs models: resumed, tested again, under the debug configurations, and with what they can't do."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.evaluate import evaluate
from src.lab.records.results import Result
from src.lab.train import run as train

from .tiny import TINY


def run(folder: Path, *overrides: str) -> Result:
    cfg = compose(*TINY, "trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return train(cfg)


def weights(folder: Path, which: str = "last") -> dict[str, Any]:
    checkpoint = torch.load(folder / "checkpoints" / f"{which}.ckpt", weights_only=True)  # plain types only
    state: dict[str, Any] = checkpoint["state_dict"]
    return state


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(
    "model",
    [["ws_aux_bn_dropout", "data/augment=affine", "data.folds=4", "data.fold=1"], ["best"]],
    ids=lambda each: each[0],
)
def test_a_resumed_run_equals_one_that_was_never_stopped(model: list[str], tmp_path: Path) -> None:
    """With all that draws from chance: augmentation, dropout, the order of the pairs."""
    arguments = [f"model={model[0]}", *model[1:], "schedule=constant"]
    whole = run(tmp_path / "whole", *arguments, "epochs=4")
    run(tmp_path / "part", *arguments, "epochs=2")
    resumed = run(tmp_path / "part", *arguments, "epochs=4", f"resume={tmp_path / 'part'}")
    assert resumed["metrics"] == whole["metrics"]
    assert same(weights(tmp_path / "part"), weights(tmp_path / "whole"))
    assert (tmp_path / "part" / "metrics.csv").read_text() == (tmp_path / "whole" / "metrics.csv").read_text()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (run(tmp_path / name, f"seed={seed}") for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    assert first["metrics"] == again["metrics"] != other["metrics"]
    assert same(weights(tmp_path / "a"), weights(tmp_path / "b"))
    assert not same(weights(tmp_path / "a"), weights(tmp_path / "c"))
    assert first["config_hash"] == again["config_hash"] == other["config_hash"]


@pytest.mark.parametrize("model", ["ws_aux_bn_dropout data.folds=4 data.fold=1", "best"])
def test_a_run_is_tested_again_with_the_same_figures(model: str, tmp_path: Path) -> None:
    quick = ["epochs=6", "optimizer=sgd", "optimizer.lr=1.0", "callbacks=best"]
    cfg = compose(*TINY, "trainer=cpu", *f"model={model}".split(), *quick, f"hydra.run.dir={tmp_path}")
    (tmp_path / ".hydra").mkdir()
    OmegaConf.save(cfg, tmp_path / ".hydra" / "config.yaml")
    result = train(cfg)
    metrics = evaluate(tmp_path)
    assert metrics["test/error"] == result["metrics"]["test/error"]
    assert metrics == {name: value for name, value in result["metrics"].items() if name.startswith("test/")}
    assert evaluate(tmp_path / "checkpoints" / "best.ckpt") == metrics
    assert evaluate(tmp_path, "data.seed=5", "data.test_pairs=500") != metrics


def test_early_stopping_tests_the_best_epoch(tmp_path: Path) -> None:
    result = run(tmp_path, "callbacks=early_stopping", "callbacks.early_stopping.patience=2", "epochs=60")
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert result["epochs"] == len(rows) < 60
    best = torch.load(tmp_path / "checkpoints" / "best.ckpt", weights_only=True)["epoch"]
    assert float(rows[best]["val/error"]) == min(float(row["val/error"]) for row in rows)
    assert not same(weights(tmp_path, "best"), weights(tmp_path, "last"))


def test_a_diverging_run_fails_within_an_epoch_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"diverged: .* in epoch [12]; try a smaller learning rate"):
        run(tmp_path, "optimizer=sgd", "optimizer.lr=1e30", "epochs=50")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["status"] == "failed"
    assert "diverged" in result["error"]


@pytest.mark.parametrize("debug", ["fdr", "limit", "overfit", "profiler"])
def test_debug_configurations_run(debug: str, tmp_path: Path) -> None:
    result = run(tmp_path, f"debug={debug}", "epochs=3", "model=basic")
    assert result["status"] == "completed"
    if debug == "profiler":
        assert "optimizer_step" in (tmp_path / "fit-profile.txt").read_text()


def test_overfit_learns_one_batch_by_heart(tmp_path: Path) -> None:
    result = run(tmp_path, "debug=overfit", "epochs=60", "model=basic")
    assert result["metrics"]["train/error"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data.test_pairs=5001"], "10002 images, there are 10000"),
        (["data=mnist", "data.root=/nonexistent"], "/nonexistent/MNIST/raw"),
        (["model=digit_cnn", "model.readout=head"], "this network has no head; there are argmax and bayes"),
        (["model=basic", "model.readout=bayes"], "this network names no digits; there is head"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_only_the_data_or_the_network_can_tell_is_said_in_one_line(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    with pytest.raises((ValueError, FileNotFoundError), match=said) as refused:
        run(tmp_path, *arguments)
    assert "\n" not in str(refused.value)
    assert json.loads((tmp_path / "result.json").read_text())["status"] == "failed"
