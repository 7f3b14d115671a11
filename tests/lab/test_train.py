"""Runs, from Python: what they leave behind, and that the same seed gives the same bits."""

import json
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from src.lab import Report, compose, load
from src.lab import run as train

from .running import BREAKS, MENDED, checkpoint, rows, run, same, same_end, weights
from .toy import MANY, TOY


def test_result_json_says_what_was_run_and_what_came_of_it(tmp_path: Path) -> None:
    returned = run(tmp_path, "seed=3", "optimizer.lr=0.5")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result == returned
    assert result["schema"] == 2
    assert result["status"] == "completed"
    assert result["error"] is None
    assert (result["model"], result["seed"], result["epochs"]) == ("toy", 3, 2)
    assert "seed=3" in result["overrides"]
    assert result["group"]["optimizer.lr"] == "0.5"
    assert "seed" not in result["group"]
    assert result["parameters"] == sum(v.numel() for v in weights(tmp_path).values())
    assert (result["objective"], result["monitor"]) == ("test/miss", "val/miss")
    names = {f"{split}/{name}" for split in ("train", "val", "test") for name in ("loss", "miss")}
    assert set(result["metrics"]) == names
    misses = {name for name in names if name.endswith("miss")}
    assert result["units"] == dict.fromkeys(misses, "%")
    assert result["better"] == dict.fromkeys(misses, "lower")
    assert result["unlearnt"] == {"test/miss": 40}
    assert result["runs"] == [{"seed": 3, "metrics": result["metrics"], "epochs": 2}]
    assert result["seconds"]["total"] >= result["seconds"]["fit"] > 0
    assert result["versions"]["torch"] == torch.__version__.split("+")[0]


def test_networks_trained_at_once_are_recorded_each_with_its_own_figures(tmp_path: Path) -> None:
    cfg = compose(*MANY, "runs=3", "seed=5")
    cfg.job.folder = str(tmp_path)
    result = train(cfg)
    assert [network["seed"] for network in result["runs"]] == [5, 6, 7]
    own = [network["metrics"]["test/miss"] for network in result["runs"]]
    assert len(set(own)) > 1
    assert result["metrics"]["test/miss"] == pytest.approx(sum(own) / 3, rel=1e-5)
    assert result["parameters"] == 3 * 2
    assert float(rows(tmp_path)[-1]["std val/miss"]) > 0


def test_metrics_csv_and_tensorboard_have_the_same_row_an_epoch(tmp_path: Path) -> None:
    result = run(tmp_path, "epochs=3")
    found = rows(tmp_path)
    assert [int(row["epoch"]) for row in found] == [0, 1, 2]
    board = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    for tag in ("train/loss", "train/miss", "val/loss", "val/miss"):
        events = {event.step: event.value for event in board.Scalars(tag)}
        assert [events[epoch] for epoch in range(3)] == pytest.approx([float(row[tag]) for row in found], rel=1e-4)
        assert float(found[-1][tag]) == result["metrics"][tag]


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (run(tmp_path / name, f"seed={seed}") for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    assert first["metrics"] == again["metrics"]
    assert same(weights(tmp_path / "a"), weights(tmp_path / "b"))
    assert not same(weights(tmp_path / "a"), weights(tmp_path / "c"))
    assert first["metrics"] != other["metrics"]
    assert first["config_hash"] == again["config_hash"] == other["config_hash"]


def test_data_seed_follows_seed_unless_set() -> None:
    assert compose(*TOY, "seed=4").data.seed == 4
    assert compose(*TOY, "seed=4", "data.seed=2").data.seed == 2
    assert compose(*TOY, "seed=0").data.seed == 0


def test_a_run_from_python_takes_two_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = train(compose(*TOY, "model=toy_wide", "seed=2"))
    (folder,) = (tmp_path / "outputs" / "runs").iterdir()
    assert json.loads((folder / "result.json").read_text()) == result
    assert (result["model"], result["seed"]) == ("toy_wide", 2)


def test_runs_from_python_are_loaded_and_reported(tmp_path: Path) -> None:
    trained = ["epochs=40", "optimizer=adam", "optimizer.lr=0.03", "figures=always"]
    for seed in 0, 1:
        result = run(tmp_path / f"toy{seed}", f"seed={seed}", *trained)
        assert result["metrics"]["test/miss"] < 25, "it learns"
    folder = tmp_path / "toy0"
    assert {"checkpoints", "metrics.csv", "result.json", "tensorboard"} <= {path.name for path in folder.iterdir()}
    assert not (folder / "figures").exists(), "the toy has nothing to draw"
    assert len(rows(folder)) == 40
    report = Report(load([tmp_path]))
    report.write(tmp_path)
    assert report.summary.select("group", "n").rows() == [("toy", 2)]
    assert (tmp_path / "tensorboard_groups" / "toy").is_dir()


def test_a_resumed_run_equals_one_that_was_never_stopped(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", "epochs=4")
    run(tmp_path / "part", "epochs=2")
    resumed = run(tmp_path / "part", "epochs=4", f"resume={tmp_path / 'part'}")
    assert resumed["metrics"] == whole["metrics"]
    assert same_end(tmp_path / "part", tmp_path / "whole")


def test_a_broken_run_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", "epochs=5", "checkpoint.every=2")
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "part", "epochs=5", "checkpoint.every=2", BREAKS % 3)
    part = checkpoint(tmp_path / "part")
    assert part["global_step"] == 2 * 4, "two epochs of four batches"
    resumed = run(tmp_path / "part", "epochs=5", MENDED, f"resume={tmp_path / 'part'}")
    assert resumed["metrics"] == whole["metrics"]
    assert same_end(tmp_path / "part", tmp_path / "whole")


def test_a_diverging_run_fails_within_an_epoch_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"diverged: train/loss is inf in epoch 1; .*learning rate"):
        run(tmp_path, "optimizer.lr=1e38", "epochs=50")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["status"] == "failed"
    assert "diverged" in result["error"]


def test_early_stopping_tests_the_best_epoch(tmp_path: Path) -> None:
    stopping = ["callbacks=early_stopping", "callbacks.early_stopping.patience=2", "optimizer.lr=1", "epochs=60"]
    result = run(tmp_path / "run", *stopping)
    found = rows(tmp_path / "run")
    assert result["epochs"] == len(found) < 60
    assert not same(weights(tmp_path / "run", "best"), weights(tmp_path / "run", "last"))
    misses = [float(row["val/miss"]) for row in found]
    best = misses.index(min(misses))
    assert best == len(found) - 1 - 2, "two epochs of patience"
    assert checkpoint(tmp_path / "run", "best")["epoch"] == best
    until_then = run(tmp_path / "short", "optimizer.lr=1", f"epochs={best + 1}")
    assert result["metrics"]["test/loss"] == until_then["metrics"]["test/loss"]


@pytest.mark.parametrize("debug", ["fdr", "limit", "overfit", "profiler"])
def test_debug_configurations_run(debug: str, tmp_path: Path) -> None:
    result = run(tmp_path, f"debug={debug}", "epochs=3")
    assert result["status"] == "completed"
    if debug == "profiler":
        assert "optimizer_step" in (tmp_path / "fit-profile.txt").read_text()


def test_overfit_learns_one_batch_by_heart(tmp_path: Path) -> None:
    result = run(tmp_path, "debug=overfit", "epochs=60", "model=toy_wide", "optimizer=adam", "optimizer.lr=0.1")
    assert result["metrics"]["train/miss"] == 0
