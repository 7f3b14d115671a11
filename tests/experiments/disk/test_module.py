"""Disk models under Lightning: what the native loop alone would give, bit for bit, and all that a run leaves behind."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from src.lab import train as experiment
from src.lab.config import compose
from src.lab.records.results import Result
from src.minidl import Loop

SMALL = [
    "data.train_points=60",
    "data.val_points=20",
    "data.test_points=20",
    "data.batch_size=20",
    "figures=never",
    "epochs=6",
]
HARD = ["optimizer.momentum=0.9", "model.dropout=0.2"]


def config(folder: Path, *overrides: str) -> Any:
    cfg = compose("model=disk_tanh", *SMALL, "model.epochs_per_step=2", "trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return cfg


def run(folder: Path, *overrides: str) -> Result:
    return experiment.run(config(folder, *overrides))


def checkpoint(folder: Path) -> dict[str, Any]:
    saved: dict[str, Any] = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)  # plain types only
    return saved


def weights(folder: Path) -> list[torch.Tensor]:
    return list(checkpoint(folder)["state_dict"].values())


def same(first: list[torch.Tensor], second: list[torch.Tensor]) -> bool:
    return len(first) == len(second) and all(map(torch.equal, first, second))


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "metrics.csv").read_text().splitlines()))


def bare_loop(cfg: Any) -> Loop:
    """The native loop as the configuration describes it, without Lightning."""
    data, model = instantiate(cfg.data), experiment.build_model(cfg)
    data.setup("fit")
    loop: Loop = model.native_loop(data.splits.train)
    with torch.no_grad():
        loop.run(cfg.epochs)
    return loop


@pytest.mark.parametrize("settings", [[], ["runs=3", *HARD], ["optimizer=adam", "schedule=cosine"]], ids=str)
def test_weights_are_bit_equal_to_the_bare_loops(settings: list[str], tmp_path: Path) -> None:
    run(tmp_path, *settings)
    loop = bare_loop(config(tmp_path, *settings))
    assert same(weights(tmp_path), [p.value for p in loop.net.parameters()])


@pytest.mark.parametrize("model", ["disk_tanh", "disk_relu", "disk_one_output"])
def test_every_model_learns(model: str, tmp_path: Path) -> None:
    settings = ["data.train_points=500", "data.test_points=500", "epochs=100", "optimizer.lr=0.3", "runs=3"]
    result = run(tmp_path, f"model={model}", *settings)
    assert result["metrics"]["test/error"] < 15, "guessing errs 50 %"


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


@pytest.mark.parametrize("settings", [HARD, ["runs=2", *HARD]], ids=["one", "two"])
@pytest.mark.parametrize("stop", [3, 4])
def test_a_resumed_run_equals_one_that_was_never_stopped(settings: list[str], stop: int, tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", *settings, "epochs=7")
    run(tmp_path / "part", *settings, f"epochs={stop}")
    resumed = run(tmp_path / "part", *settings, "epochs=7", f"resume={tmp_path / 'part'}")
    assert same(weights(tmp_path / "part"), weights(tmp_path / "whole"))
    assert resumed["runs"] == whole["runs"]
    assert [row for row in rows(tmp_path / "part") if row["epoch"] != "2"] == rows(tmp_path / "whole")


def test_a_run_with_nothing_left_to_do_keeps_its_figures(tmp_path: Path) -> None:
    before = run(tmp_path, "runs=2")
    after = run(tmp_path, "runs=2", f"resume={tmp_path}")
    assert (after["metrics"], after["runs"]) == (before["metrics"], before["runs"])


def test_epochs_are_the_native_loops_everywhere(tmp_path: Path) -> None:
    result = run(tmp_path, "epochs=7", "model.epochs_per_step=3")
    assert result["epochs"] == 7
    assert [int(row["epoch"]) for row in rows(tmp_path)] == [2, 5, 6]
    board = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    for tag in "train/loss", "train/error", "val/loss", "val/error":
        assert [event.step for event in board.Scalars(tag)][:3] == [2, 5, 6]
    assert "epoch" not in board.Tags()["scalars"], "what Lightning adds where it isn't told the step"
    saved = checkpoint(tmp_path)
    assert (saved["epoch"], saved["global_step"]) == (6, 3)
    assert len(next(iter(s for name, s in saved["callbacks"].items() if "NativeLoop" in name))["history"]) == 1


def test_a_diverging_run_fails_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"diverged.*optimizer\.lr"):
        run(tmp_path, "optimizer.lr=1e30", "epochs=50")
    result = json.loads((tmp_path / "result.json").read_text())
    assert (result["status"], result["runs"]) == ("failed", [])


def test_a_network_that_diverges_leaves_the_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = experiment.build_model

    def with_a_bad_start(cfg: Any) -> Any:
        model = build(cfg)
        model.network.parameters()[0].value[1] = math.inf
        return model

    healthy = run(tmp_path / "healthy", "runs=3")
    monkeypatch.setattr(experiment, "build_model", with_a_bad_start)
    result = run(tmp_path / "sick", "runs=3")
    failed = result["runs"][1]
    assert (result["status"], failed["status"], failed["metrics"], failed["seed"]) == ("completed", "failed", {}, 1)
    assert "diverged" in failed["error"]
    assert [result["runs"][0], result["runs"][2]] == [healthy["runs"][0], healthy["runs"][2]]
    left = [healthy["runs"][r]["metrics"]["test/error"] for r in (0, 2)]
    assert result["metrics"]["test/error"] == pytest.approx(sum(left) / 2, rel=1e-5)


def test_early_stopping_tests_the_best_epoch(tmp_path: Path) -> None:
    settings = ["callbacks=early_stopping", "callbacks.early_stopping.patience=2", "epochs=400", "optimizer.lr=0.3"]
    result = run(tmp_path, *settings)
    assert result["epochs"] == int(rows(tmp_path)[-1]["epoch"]) + 1 < 400
    best = min(float(row["val/error"]) for row in rows(tmp_path))
    saved = torch.load(tmp_path / "checkpoints" / "best.ckpt", weights_only=True)
    assert float(rows(tmp_path)[saved["epoch"] // 2]["val/error"]) == best


def test_a_small_gradient_ends_the_run(tmp_path: Path) -> None:
    result = run(tmp_path, "model.stop_gradient=0.3", "epochs=400")
    loop = bare_loop(config(tmp_path, "model.stop_gradient=0.3", "epochs=400"))
    assert result["epochs"] == loop.epoch < 400
    assert same(weights(tmp_path), [p.value for p in loop.net.parameters()])


@pytest.mark.parametrize(("debug", "epochs"), [("fdr", 1), ("limit", 3), ("overfit", 5), ("profiler", 5)])
def test_debug_configurations_run(debug: str, epochs: int, tmp_path: Path) -> None:
    points: list[int] = []
    overrides = [f"debug={debug}", *([] if debug in ("fdr", "limit") else ["epochs=5"])]
    cfg = compose("model=disk_tanh", *SMALL[:-1], "trainer=cpu", *overrides)
    cfg.job.folder = str(tmp_path)
    original = Loop.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Loop, "run", lambda loop, epochs: (points.append(loop.samples), original(loop, epochs))[1])
        result = experiment.run(cfg)
    assert (result["status"], result["epochs"]) == ("completed", epochs)
    assert set(points) == {{"fdr": 20, "limit": 40, "overfit": 20, "profiler": 60}[debug]}
    if debug == "profiler":
        assert "NativeLoop" in (tmp_path / "fit-profile.txt").read_text()


def test_overfit_learns_one_batch_by_heart(tmp_path: Path) -> None:
    assert run(tmp_path, "debug=overfit", "epochs=300", "optimizer=adam")["metrics"]["train/error"] == 0


def test_nothing_requires_gradients(tmp_path: Path) -> None:
    model = experiment.build_model(config(tmp_path))
    assert not any(p.requires_grad for p in model.parameters())


def test_the_network_follows_its_weights_to_other_memory(tmp_path: Path) -> None:
    """As after a move to another device, or back from it."""
    model: Any = experiment.build_model(config(tmp_path))
    moved = {name: torch.rand_like(weight) for name, weight in model.weights.items()}
    for name, weight in model.weights.items():
        weight.data = moved[name].clone()
    model.bind()
    for name, p in model.network.named_parameters().items():
        assert torch.equal(p.value, moved[name.replace(".", "_")])
        p.value.add_(1)
        assert torch.equal(model.weights[name.replace(".", "_")], p.value)
