"""Disk models from the command line."""

import csv
from pathlib import Path

import pytest
import torch

from tests.conftest import Command, results_in

TRAIN = "src.train"
POINTS = ["data.train_points=60", "data.val_points=20", "data.test_points=20", "data.batch_size=20", "trainer=cpu"]


def weights(folder: Path) -> list[torch.Tensor]:
    saved = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)
    return list(saved["state_dict"].values())


@pytest.mark.long
def test_networks_trained_at_once_are_those_of_their_seeds(here: Command, tmp_path: Path) -> None:
    arguments = ["model=disk_tanh", "optimizer=sgd", "optimizer.lr=0.1", "epochs=20", *POINTS]
    at_once = here(TRAIN, *arguments, "runs=3", "seed=2")
    alone = here(TRAIN, *arguments, "-m", "seed=range(2,5)", "hydra/launcher=basic")
    assert (at_once.returncode, alone.returncode) == (0, 0), at_once.stderr + alone.stderr
    (together,) = results_in(tmp_path / "outputs" / "runs")
    for mine, single in zip(together["runs"], results_in(tmp_path / "outputs" / "sweeps"), strict=True):
        assert mine["seed"] == single["seed"]
        # one product for three networks may round its sums differently: float32 agrees in 6 digits of the loss
        assert mine["metrics"] == pytest.approx(single["metrics"], rel=1e-5)
        assert together["parameters"] == single["parameters"] == 1427
    report = here("src.report", "outputs/runs")
    assert report.returncode == 0, report.stderr
    assert next(line for line in report.stdout.splitlines() if "disk_tanh" in line).split()[1] == "3", report.stdout


@pytest.mark.long
def test_stopped_in_the_middle_and_resumed_in_another_process_is_bit_equal(
    here: Command, command: Command, tmp_path: Path
) -> None:
    arguments = ["model=disk_tanh", "optimizer.momentum=0.9", "model.dropout=0.1", *POINTS]
    part, whole = tmp_path / "part", tmp_path / "whole"
    here(TRAIN, *arguments, "epochs=1000000", "max_time=00:00:00:01", f"hydra.run.dir={part}")
    epochs = torch.load(part / "checkpoints" / "last.ckpt", weights_only=True)["epoch"]
    assert 0 < epochs < 1000000
    more = [f"epochs={epochs + 95}"]  # no whole number of the native loop's steps
    resumed = command(TRAIN, *more, "max_time=null", f"resume={part}")
    straight = here(TRAIN, *arguments, *more, f"hydra.run.dir={whole}")
    assert (resumed.returncode, straight.returncode) == (0, 0), resumed.stderr + straight.stderr
    for one, other in zip(weights(part), weights(whole), strict=True):
        assert torch.equal(one, other)
    (first,), (second,) = results_in(part), results_in(whole)
    assert first["runs"] == second["runs"]
    assert first["epochs"] == second["epochs"] == epochs + 95
    assert (part / "metrics.csv").read_text() == (whole / "metrics.csv").read_text()
    *_, last = csv.DictReader((part / "metrics.csv").read_text().splitlines())
    assert int(last["epoch"]) == epochs + 94


def test_what_is_refused_is_one_line(here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, "model=disk_tanh", "optimizer=adamw")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line]
    assert line.startswith("error: minidl")
    assert results_in(tmp_path) == []
