"""Metrics over the epochs: read from files, and over seeds beside numpy called directly."""

from pathlib import Path

import numpy as np
import pytest

from src.lab.records.curves import Band, last, over_seeds, read
from src.lab.records.runs import load

from .written import write


def curve(folder: Path, *rows: str) -> None:
    (folder / "metrics.csv").write_text("".join(f"{row}\n" for row in rows))


def bands(folder: Path, group: str = "plain") -> dict[str, Band]:
    return over_seeds(load([folder]))[group]


def test_what_was_not_measured_in_an_epoch_is_left_out(tmp_path: Path) -> None:
    curve(tmp_path, "epoch,train_loss,val/r2", "0,3.0,", "1,2.0,0.5", "2,nan,-1e3")
    found = read(tmp_path / "metrics.csv")
    assert found["val/r2"] == {1: 0.5, 2: -1000.0}
    assert found["train_loss"][1] == 2.0
    assert np.isnan(found["train_loss"][2])


def test_the_last_value_of_each_metric_counts_whenever_it_was_measured(tmp_path: Path) -> None:
    curve(tmp_path, "epoch,train_loss,val/r2,never,std val/r2", "0,3.0,0.5,,0.1", "1,2.0,,,")
    assert last(tmp_path / "metrics.csv") == {"train_loss": 2.0, "val/r2": 0.5}
    assert last(tmp_path / "none.csv") == {}


def test_a_band_is_mean_and_std_over_the_seeds(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((4, 3))
    for seed, each in enumerate(values):
        curve(write(tmp_path, "plain", seed, 1.0), "epoch,val_loss", *(f"{i},{value}" for i, value in enumerate(each)))
    band = bands(tmp_path)["val_loss"]
    assert band.epochs.tolist() == [0, 1, 2]
    assert band.mean == pytest.approx(values.mean(0))
    assert band.std == pytest.approx(values.std(0, ddof=1))


def test_a_run_that_stopped_early_counts_for_the_epochs_that_it_has(tmp_path: Path) -> None:
    curve(write(tmp_path, "plain", 0, 1.0), "epoch,val/r2", "0,1.0", "1,3.0")
    curve(write(tmp_path, "plain", 1, 1.0), "epoch,val/r2", "0,2.0")
    band = bands(tmp_path)["val/r2"]
    assert band.mean.tolist() == [1.5, 3.0]
    assert band.std[0] == pytest.approx(np.std([1, 2], ddof=1))
    assert np.isnan(band.std[1]), "a seed that is alone has no std"
    assert band.of_several().epochs.tolist() == [0]


def test_epochs_and_groups_stand_in_their_order(tmp_path: Path) -> None:
    for group in "ceadb":
        curve(write(tmp_path, group, 0, 1.0), "epoch,val/r2", "2,1.0")
        curve(write(tmp_path, group, 1, 1.0), "epoch,val/r2", "0,1.0", "2,3.0", "10,1.0")
    found = over_seeds(load([tmp_path]))
    assert list(found) == [*"abcde"], "of the folders"
    assert all(each["val/r2"].epochs.tolist() == [0, 2, 10] for each in found.values())
    assert found["a"]["val/r2"].mean.tolist() == [1, 2, 1]


def test_runs_that_did_not_complete_and_runs_without_a_file_are_left_out(tmp_path: Path) -> None:
    curve(write(tmp_path, "plain", 0, 1.0), "epoch,val/r2", "0,1.0")
    curve(write(tmp_path, "plain", 1, None), "epoch,val/r2", "0,9.0")
    write(tmp_path, "bare", 0, 1.0)
    assert set(over_seeds(load([tmp_path]))) == {"plain"}
    assert bands(tmp_path)["val/r2"].mean.tolist() == [1.0]


def test_networks_trained_at_once_count_as_the_seeds_that_they_are(tmp_path: Path) -> None:
    """Six in one run and four in another are ten."""
    values = np.random.default_rng(1).random(10)
    for seed, part in (0, values[:6]), (6, values[6:]):
        networks = [{"seed": seed + r, "metrics": {"test/miss": 1.0}, "epochs": 1} for r in range(len(part))]
        folder = write(tmp_path, "plain", seed, 1.0, networks=len(part), runs=networks)
        curve(folder, "epoch,val/r2,std val/r2", f"0,{part.mean()},{part.std(ddof=1)}")
    found = bands(tmp_path)
    assert list(found) == ["val/r2"]
    assert found["val/r2"].mean == pytest.approx([values.mean()])
    assert found["val/r2"].std == pytest.approx([values.std(ddof=1)])
