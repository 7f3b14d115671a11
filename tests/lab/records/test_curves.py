"""Metrics over the epochs: read from files, and over seeds beside numpy called directly."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


TABLE = "epoch,train_loss,val/r2\n0,3.25,\n1,2.5,0.125\n10,-1e-05,nan\n11,0.75,0.5\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(end=st.integers(0, len(TABLE)), line_end=st.sampled_from(["\n", "\r\n"]), mark=st.booleans())
def test_of_a_file_that_is_cut_the_whole_rows_are_read(end: int, line_end: str, mark: bool, tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(TABLE[:end].replace("\n", line_end), encoding="utf-8-sig" if mark else "utf-8", newline="")
    whole = TABLE[:end].count("\n") - 1
    expected = {0: 3.25, 1: 2.5, 10: -1e-5, 11: 0.75}
    assert read(path).get("train_loss", {}) == dict(list(expected.items())[: max(0, whole)])
    assert last(path).get("train_loss") == (list(expected.values())[whole - 1] if whole > 0 else None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(TABLE)), noise=st.binary(max_size=8))
def test_whatever_stands_in_the_file_its_other_rows_are_read(place: int, noise: bytes, tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(TABLE[:place].encode() + noise + TABLE[place:].encode())
    read(path), last(path)
    if TABLE[place - 1 : place] == "\n" and place > TABLE.index("\n") + 1 and noise.endswith(b"\n"):
        assert read(path)["train_loss"].items() >= {(1, 2.5)} if b"1," not in noise else True


def test_a_damaged_file_leaves_out_its_run_and_no_other(tmp_path: Path) -> None:
    for seed, text in enumerate(["", "\0" * 100, "epoch,val/r2\n0,1.0\n1,x\n2,\n3", "<<<<<<<\nepoch,val/r2\n0,7.0\n"]):
        (write(tmp_path, "plain", seed, 1.0) / "metrics.csv").write_text(text)
    (write(tmp_path, "plain", 9, 1.0) / "metrics.csv").mkdir()
    band = bands(tmp_path)["val/r2"]
    assert (band.epochs.tolist(), band.mean.tolist()) == ([0], [1.0])


def test_a_name_with_a_comma_is_a_name(tmp_path: Path) -> None:
    curve(tmp_path, 'epoch,"a,b",c', "0,1.0,2.0")
    assert read(tmp_path / "metrics.csv") == {"a,b": {0: 1.0}, "c": {0: 2.0}}


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
