"""Disk models from the command line, and what of their configuration is refused."""

import csv
from pathlib import Path

import pytest
import torch

from src.lab.config import compose
from tests.conftest import Command, results_in

TRAIN = "src.train"
POINTS = ["data.train_points=60", "data.val_points=20", "data.test_points=20", "data.batch_size=20", "trainer=cpu"]


def weights(folder: Path) -> list[torch.Tensor]:
    saved = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)
    return list(saved["state_dict"].values())


def test_networks_trained_at_once_are_those_of_their_seeds(command: Command, tmp_path: Path) -> None:
    arguments = ["model=disk_tanh", "optimizer=sgd", "optimizer.lr=0.1", "epochs=20", *POINTS]
    at_once = command(TRAIN, *arguments, "runs=3", "seed=2")
    alone = command(TRAIN, *arguments, "-m", "seed=range(2,5)", "hydra/launcher=basic")
    assert (at_once.returncode, alone.returncode) == (0, 0), at_once.stderr + alone.stderr
    (together,) = results_in(tmp_path / "outputs" / "runs")
    for mine, single in zip(together["runs"], results_in(tmp_path / "outputs" / "sweeps"), strict=True):
        assert mine["seed"] == single["seed"]
        # one product for three networks may round its sums differently: float32 agrees in 6 digits of the loss
        assert mine["metrics"] == pytest.approx(single["metrics"], rel=1e-5)
        assert together["parameters"] == single["parameters"] == 1427
    report = command("src.report", "outputs/runs")
    assert report.returncode == 0, report.stderr
    assert next(line for line in report.stdout.splitlines() if "disk_tanh" in line).split()[1] == "3", report.stdout


def test_stopped_in_the_middle_and_resumed_is_bit_equal(command: Command, tmp_path: Path) -> None:
    arguments = ["model=disk_tanh", "optimizer.momentum=0.9", "model.dropout=0.1", *POINTS]
    part, whole = tmp_path / "part", tmp_path / "whole"
    command(TRAIN, *arguments, "epochs=1000000", "max_time=00:00:00:01", f"hydra.run.dir={part}")
    epochs = torch.load(part / "checkpoints" / "last.ckpt", weights_only=True)["epoch"] + 1
    assert 0 < epochs < 1000000
    more = [f"epochs={epochs + 95}"]  # no whole number of the native loop's steps
    resumed = command(TRAIN, *more, "max_time=null", f"resume={part}")
    straight = command(TRAIN, *arguments, *more, f"hydra.run.dir={whole}")
    assert (resumed.returncode, straight.returncode) == (0, 0), resumed.stderr + straight.stderr
    for one, other in zip(weights(part), weights(whole), strict=True):
        assert torch.equal(one, other)
    (first,), (second,) = results_in(part), results_in(whole)
    assert first["runs"] == second["runs"]
    assert first["epochs"] == second["epochs"] == epochs + 95
    assert (part / "metrics.csv").read_text() == (whole / "metrics.csv").read_text()
    *_, last = csv.DictReader((part / "metrics.csv").read_text().splitlines())
    assert int(last["epoch"]) == epochs + 94


def test_a_model_brings_its_data_and_its_optimizer() -> None:
    cfg = compose("model=disk_relu")
    assert (cfg.data._target_, cfg.optimizer._target_) == ("src.experiments.disk.data.DiskData", "src.minidl.optim.SGD")
    assert (cfg.epochs, cfg.model.activation) == (400, "relu")
    assert compose("model=disk_tanh", "optimizer=adam").optimizer._target_ == "src.minidl.optim.Adam"
    assert compose("model=disk_one_output").data.targets == "zero_one"
    assert compose("model=basic", "optimizer=adam").optimizer._target_ == "torch.optim.Adam"


def test_what_a_model_brings_can_be_left_out() -> None:
    brought, left_out = compose("model=best"), compose("model=best", "schedule=constant", "data/augment=none")
    assert brought.schedule is not None and brought.data.augment is not None
    assert left_out.schedule is None and left_out.data.augment is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["model=disk_tanh", "data=mnist20k"], "a disk model doesn't learn from the data chosen: take data=disk"),
        (["model=basic", "data=disk"], "a pairs model doesn't learn.*take data=mnist20k or data=mnist"),
        (["model=basic", "runs=5"], r"runs=5: a pairs model is trained alone; take -m 'seed=range\(5\)'"),
        (
            ["model=disk_tanh", "optimizer=adamw"],
            "minidl.*take optimizer=sgd, optimizer=adadelta",
        ),
        (["model=disk_tanh", "schedule=onecycle"], "take schedule=cosine, linear or constant"),
        (["model=basic", "schedule=cosine"], "take schedule=onecycle"),
        (["model=disk_tanh", "trainer=ddp"], "one device"),
        (["model=disk_tanh", "runs=0"], "runs=0 .*greater than 0"),
        (["model=disk_tanh", "data.train_points=1"], r"data\.train_points=1 .*greater than 1"),
        (["model=disk_tanh", "model.activation=gelu"], r"model\.activation=gelu .*'relu', 'tanh' or 'sigmoid'"),
        (["model=disk_tanh", "model.targets=words"], r"model\.targets=words .*'one_hot', 'zero_one' or 'signed'"),
        (["model=disk_tanh", "model.dropout=1"], r"model\.dropout=1 .*less than 1"),
        (["model=disk_tanh", "model.epochs_per_step=0"], r"model\.epochs_per_step=0 .*greater than 0"),
        (["model=disk_tanh", "model.widths=[2]"], r"model\.widths=\[2\] .*at least 2"),
        (["model=disk_tanh", "model.stop_gradient=0"], r"model\.stop_gradient=0 .*greater than 0"),
        (["model=basic", "model.shifts=2"], r"model\.shifts=2 .*valid boolean"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_go_together_is_refused_in_one_line(arguments: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        compose(*arguments)
    assert "\n" not in str(refused.value)


def test_the_command_says_it_in_one_line_too(command: Command, tmp_path: Path) -> None:
    done = command(TRAIN, "model=disk_tanh", "optimizer=adamw")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line]
    assert line.startswith("error: minidl")
    assert results_in(tmp_path) == []
