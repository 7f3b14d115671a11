"""Whole runs of disk models: resumed, stopped, diverged, and under the debug configurations."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from src.lab import train
from src.lab.config import compose
from tests.lab.running import check_second_diverged

from .small import HARD, SMALL, checkpoint, rows, run, same, weights


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("settings", [HARD, ["runs=2", "data.folds=4", "data.fold=1", *HARD]], ids=["one", "two"])
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
        assert [event.step for event in board.Scalars(tag)][:3] == [3, 6, 7], "epochs that are done"
    assert "epoch" not in board.Tags()["scalars"], "what Lightning adds where it isn't told the step"
    saved = checkpoint(tmp_path)
    assert (saved["epoch"], saved["global_step"]) == (7, 3), "saved when all seven were over"
    assert len(next(iter(s for name, s in saved["callbacks"].items() if "NativeLoop" in name))["history"]) == 1


def test_a_diverging_run_fails_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"diverged: .*; try a smaller learning rate"):
        run(tmp_path, "optimizer.lr=1e30", "epochs=50")
    result = json.loads((tmp_path / "result.json").read_text())
    assert (result["status"], result["runs"]) == ("failed", [])


class BadStart(Callback):
    """One of the networks begins with an infinite weight."""

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        pl_module.network.parameters()[0].value[1] = math.inf


def test_a_network_that_diverges_leaves_the_others_alone(tmp_path: Path) -> None:
    healthy = run(tmp_path / "healthy", "runs=3")
    result = run(tmp_path / "sick", "runs=3", callbacks=[BadStart()])
    check_second_diverged(result, healthy)


def test_early_stopping_tests_the_best_epoch(tmp_path: Path) -> None:
    settings = ["callbacks=early_stopping", "callbacks.early_stopping.patience=2", "epochs=400", "optimizer.lr=0.3"]
    result = run(tmp_path, *settings)
    assert result["epochs"] == int(rows(tmp_path)[-1]["epoch"]) + 1 < 400
    best = min(float(row["val/error"]) for row in rows(tmp_path))
    saved = torch.load(tmp_path / "checkpoints" / "best.ckpt", weights_only=True)
    assert float(rows(tmp_path)[saved["epoch"] // 2]["val/error"]) == best


class Counted(Callback):
    """With how many points the native loop trains."""

    def __init__(self) -> None:
        self.points: set[int] = set()

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self.points.add(pl_module.loop.samples)


@pytest.mark.parametrize(("debug", "epochs"), [("fdr", 1), ("limit", 3), ("overfit", 5), ("profiler", 5)])
def test_debug_configurations_run(debug: str, epochs: int, tmp_path: Path) -> None:
    counted = Counted()
    cfg = compose("model=disk_tanh", *SMALL[:-1], "trainer=cpu", f"debug={debug}")
    cfg.job.folder = str(tmp_path)
    if debug in ("overfit", "profiler"):
        cfg.epochs = 5
    result = train.run(cfg, [counted])
    assert (result["status"], result["epochs"]) == ("completed", epochs)
    assert counted.points == {{"fdr": 20, "limit": 40, "overfit": 20, "profiler": 60}[debug]}
    if debug == "profiler":
        assert "NativeLoop" in (tmp_path / "fit-profile.txt").read_text()


def test_overfit_learns_one_batch_by_heart(tmp_path: Path) -> None:
    assert run(tmp_path, "debug=overfit", "epochs=300", "optimizer=adam")["metrics"]["train/error"] == 0
