"""Runs, from Python: what they leave behind, and that the same seed gives the same bits."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback, Trainer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from src.lab import train as experiment
from src.lab.config import compose
from src.lab.records.results import Result
from tests.conftest import TINY


def run(folder: Path, *overrides: str) -> Result:
    cfg = compose(*TINY, "trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return experiment.run(cfg)


def weights(folder: Path, which: str = "last") -> dict[str, Any]:
    checkpoint = torch.load(folder / "checkpoints" / f"{which}.ckpt", weights_only=True)  # plain types only
    state: dict[str, Any] = checkpoint["state_dict"]
    return state


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_result_json_says_what_was_run_and_what_came_of_it(tmp_path: Path) -> None:
    returned = run(tmp_path, "seed=3", "optimizer.lr=0.5", "model=ws_aux_bn_dropout")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result == returned
    assert result["schema"] == 1
    assert result["status"] == "completed"
    assert result["error"] is None
    assert (result["model"], result["seed"], result["epochs"]) == ("ws_aux_bn_dropout", 3, 2)
    assert "seed=3" in result["overrides"]
    assert result["group"]["optimizer.lr"] == "0.5"
    assert "seed" not in result["group"]
    assert result["parameters"] == sum(v.numel() for v in weights(tmp_path).values()) - buffers(tmp_path)
    assert result["metrics"]["test/accuracy"] == pytest.approx(100 - result["metrics"]["test/error"])
    assert result["runs"] == [{"seed": 3, "metrics": result["metrics"], "epochs": 2}]
    assert {
        f"{split}/{name}" for split in ("train", "val", "test") for name in ("loss", "error", "digit_error")
    } <= set(result["metrics"])
    assert result["seconds"]["total"] >= result["seconds"]["fit"] > 0
    assert result["versions"]["torch"] == torch.__version__.split("+")[0]


def buffers(folder: Path) -> int:
    return sum(v.numel() for k, v in weights(folder).items() if "running_" in k or "num_batches" in k)


def test_metrics_csv_and_tensorboard_have_the_same_row_an_epoch(tmp_path: Path) -> None:
    result = run(tmp_path, "epochs=3")
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert [int(row["epoch"]) for row in rows] == [0, 1, 2]
    board = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    for tag in ("train/loss", "train/error", "val/loss", "val/error"):
        events = {event.step: event.value for event in board.Scalars(tag)}
        assert [events[epoch] for epoch in range(3)] == pytest.approx([float(row[tag]) for row in rows], rel=1e-4)
        assert float(rows[-1][tag]) == result["metrics"][tag]


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (run(tmp_path / name, f"seed={seed}") for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    assert first["metrics"] == again["metrics"]
    assert same(weights(tmp_path / "a"), weights(tmp_path / "b"))
    assert not same(weights(tmp_path / "a"), weights(tmp_path / "c"))
    assert first["metrics"] != other["metrics"]
    assert first["config_hash"] == again["config_hash"] == other["config_hash"]


def test_data_seed_follows_seed_unless_set(tmp_path: Path) -> None:
    assert compose("seed=4").data.seed == 4
    assert compose("seed=4", "data.seed=2").data.seed == 2
    assert compose("seed=0").data.seed == 0


def test_a_run_from_python_takes_two_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = experiment.run(compose("model=basic", "seed=2", *TINY))
    (folder,) = (tmp_path / "outputs" / "runs").iterdir()
    assert json.loads((folder / "result.json").read_text()) == result
    assert (result["model"], result["seed"]) == ("basic", 2)


def test_a_resumed_run_equals_one_that_was_never_stopped(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", "epochs=4")
    run(tmp_path / "part", "epochs=2")
    resumed = run(tmp_path / "part", "epochs=4", f"resume={tmp_path / 'part'}")
    assert resumed["metrics"] == whole["metrics"]
    assert same(weights(tmp_path / "part"), weights(tmp_path / "whole"))
    assert (tmp_path / "part" / "metrics.csv").read_text() == (tmp_path / "whole" / "metrics.csv").read_text()


class Breaks(Callback):
    """Fails in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, trainer: Trainer, *args: Any) -> None:
        if trainer.current_epoch == self.epoch:
            raise RuntimeError("broken")


def test_a_broken_run_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", "epochs=5", "checkpoint.every=2")
    breaks = "+callbacks.breaks={_target_: tests.lab.test_train.Breaks, epoch: 3}"
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "part", "epochs=5", "checkpoint.every=2", breaks)
    part = torch.load(tmp_path / "part" / "checkpoints" / "last.ckpt", weights_only=True)
    assert part["global_step"] == 2 * 2, "two epochs of two batches"
    resumed = run(tmp_path / "part", "epochs=5", "checkpoint.every=2", f"resume={tmp_path / 'part'}")
    assert resumed["metrics"] == whole["metrics"]
    assert same(weights(tmp_path / "part"), weights(tmp_path / "whole"))
    assert (tmp_path / "part" / "metrics.csv").read_text() == (tmp_path / "whole" / "metrics.csv").read_text()


def test_a_diverging_run_fails_within_an_epoch_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"diverged.*optimizer\.lr"):
        run(tmp_path, "optimizer=sgd", "optimizer.lr=1e30", "epochs=50")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["status"] == "failed"
    assert "diverged" in result["error"]


def test_early_stopping_tests_the_best_epoch(tmp_path: Path) -> None:
    result = run(tmp_path, "callbacks=early_stopping", "callbacks.early_stopping.patience=2", "epochs=60")
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert result["epochs"] == len(rows) < 60
    assert not same(weights(tmp_path, "best"), weights(tmp_path, "last"))


@pytest.mark.parametrize("debug", ["fdr", "limit", "overfit", "profiler"])
def test_debug_configurations_run(debug: str, tmp_path: Path) -> None:
    result = run(tmp_path, f"debug={debug}", "epochs=3")
    assert result["status"] == "completed"
    if debug == "profiler":
        assert "optimizer_step" in (tmp_path / "fit-profile.txt").read_text()


def test_overfit_learns_one_batch_by_heart(tmp_path: Path) -> None:
    result = run(tmp_path, "debug=overfit", "epochs=60", "model=basic")
    assert result["metrics"]["train/error"] == 0
