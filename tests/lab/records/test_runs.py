"""Runs as a data frame: which are read, how they are told apart, and which of two is taken."""

import json
import os
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from src.lab.records.groups import label
from src.lab.records.metrics import Meaning
from src.lab.records.runs import listed, load, meanings_of, metrics_of, objectives
from tests.conftest import Command

from .written import OBJECTIVE, write


def test_groups_are_told_apart_by_what_varies_only(tmp_path: Path) -> None:
    for lr in "0.1", "0.2":
        write(tmp_path, "plain", 0, 1.0, group={"optimizer.lr": lr, "epochs": "3"})
    assert sorted(load([tmp_path])["group"]) == ["optimizer.lr=0.1", "optimizer.lr=0.2"]
    write(tmp_path, "wide", 0, 1.0, group={"optimizer.lr": "0.1", "epochs": "3"})
    assert "wide optimizer.lr=0.1" in set(load([tmp_path])["group"])
    assert label({"model": "plain", "epochs": "3"}, set()) == "plain"


def test_the_same_seed_is_taken_once_and_a_clash_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a", "plain", 0, 1.0)
    write(tmp_path / "b", "plain", 0, 1.0, seconds={"fit": 3.0, "total": 4.0})
    write(tmp_path / "a", "plain", 1, None)
    write(tmp_path / "b", "plain", 1, 3.0)
    runs = load([tmp_path / "a", tmp_path / "b"])
    assert runs[OBJECTIVE].to_list() == [1.0, 3.0]
    assert capsys.readouterr().err == "counted once: 1 run that repeats another\n"
    write(tmp_path / "b", "plain", 1, None)
    assert load([tmp_path / "b", tmp_path / "a"])["status"].to_list() == ["completed", "failed"]
    write(tmp_path / "a", "plain", 1, 3.0)
    assert load([tmp_path])["status"].to_list() == ["completed", "completed"]
    once = capsys.readouterr().err.splitlines()
    assert once == ["counted once: 1 run that repeats another"] * 2, "what failed has no figures that could differ"
    write(tmp_path / "b", "plain", 1, 3.0)
    write(tmp_path / "b", "plain", 0, 2.0)
    assert load([tmp_path])[OBJECTIVE].to_list() == [2.0, 3.0], "the newest"
    assert "plain seed=0" in capsys.readouterr().err


@pytest.mark.parametrize("newest", ["a", "b"])
def test_of_two_results_the_newest_is_taken_in_whatever_order_they_lie(
    newest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in "ab":
        for seed in range(3):
            path = write(tmp_path / folder, "plain", seed, 2.0 if folder == newest else 1.0) / "result.json"
            os.utime(path, (1e9 + (folder == newest), 1e9 + (folder == newest)))
    write(tmp_path / "c", "plain", 0, None)
    for folders in permutations("abc"):
        assert sorted(load([tmp_path / folder for folder in folders])[OBJECTIVE]) == [2.0, 2.0, 2.0]
        (line,) = capsys.readouterr().err.splitlines()
        assert f"the newest is taken, {tmp_path / newest}" in line
        assert line.endswith("(and so of 2 more)")


def test_seeds_that_overlap_count_once(tmp_path: Path) -> None:
    for first in 0, 1:
        networks = [{"seed": first + r, "metrics": {OBJECTIVE: 1.0 + first + r}, "epochs": 7} for r in range(3)]
        write(tmp_path, "many", first, 1.0, networks=3, runs=networks)
    assert sorted(load([tmp_path]).select("seed", OBJECTIVE).rows()) == [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)]


def test_a_metric_with_the_name_of_a_column_spoils_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "plain", 3, {OBJECTIVE: 1.0, "seed": 0.5, "group": 0.5, "status": 0.5})
    runs = load([tmp_path])
    assert runs.select("group", "seed", "status").rows() == [("plain", 3, "completed")]
    assert metrics_of(runs) == [OBJECTIVE]
    assert capsys.readouterr().err.startswith("left out: group, seed, status, which have the name of a column")


def test_where_keeps_what_is_asked_for(tmp_path: Path) -> None:
    for model in "plain", "wide", "deep":
        for seed in range(2):
            write(tmp_path, model, seed, 1.0, group={"epochs": "3"})
    assert set(load([tmp_path], {"model": ["plain", "wide"]})["group"]) == {"plain", "wide"}
    assert len(load([tmp_path], {"model": ["plain", "wide"], "seed": ["1"], "epochs": ["3"]})) == 2
    with pytest.raises(ValueError, match="no run with model=best,worst and seed=1"):
        load([tmp_path], {"model": ["best", "worst"], "seed": ["1"]})
    both = [("model", ["plain", "wide"]), ("model", ["wide", "deep"])]
    assert set(load([tmp_path], both)["group"]) == {"wide"}, "both hold"
    assert len(load([tmp_path], {"epochs": ["3.0"]})) == 6


def test_where_chooses_networks_trained_at_once_by_their_own_seed(tmp_path: Path) -> None:
    networks = [{"seed": 10 + r, "metrics": {OBJECTIVE: 1.0}, "epochs": 7} for r in range(3)]
    networks += [{"seed": 13, "metrics": {}, "status": "failed", "error": "diverged", "epochs": 3}]
    write(tmp_path, "many", 10, 1.0, networks=4, runs=networks)
    assert load([tmp_path], {"seed": ["12", "11"]})["seed"].to_list() == [11, 12]
    assert load([tmp_path], {"status": ["failed"]})["seed"].to_list() == [13]
    assert len(load([tmp_path], {"runs": ["4"]})) == 4


def test_a_condition_on_what_was_typed_chooses_the_whole_configuration(tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, 1.0, config_hash="3f2a9c000001", group={"lr": "1e-1"})
    write(tmp_path, "plain", 1, 1.0, config_hash="3f2a9c000001")
    write(tmp_path, "plain", 2, 1.0, config_hash="71e88e800000")
    assert load([tmp_path], {"lr": ["0.1"]})["seed"].to_list() == [1, 0]


@pytest.mark.parametrize(
    ("conditions", "seeds"),
    [
        (["widths=[2,25,1]"], [0]),
        (["widths=[2,25,1],[2,5,1]"], [0, 1]),
        (["widths=[2,5,1]", "model=plain"], [1]),
        (["seed=0,1", "--where", "seed=1,2"], [1]),
        (["model=nope", "--where", "seed=1"], []),
    ],
)
def test_conditions_of_the_command_hold_together(
    conditions: list[str], seeds: list[int], here: Command, tmp_path: Path
) -> None:
    for seed, widths in enumerate(("[2,25,1]", "[2,5,1]", "[2,1]")):
        write(tmp_path, "plain", seed, 1.0, group={"widths": widths})
    done = here("src.report", ".", "--out", "out", "--where", *conditions)
    assert (done.returncode == 0) == bool(seeds)
    if seeds:
        summary = json.loads((tmp_path / "out" / "summary.json").read_text())["summary"]
        assert sorted(row["best seed"] for row in summary) == seeds


def test_a_runs_own_folder_is_not_searched_and_of_two_that_failed_the_newest_counts(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", "plain", 0, 1.0)
    write(folder / "earlier", "wide", 0, 1.0)
    assert load([tmp_path])["group"].to_list() == ["plain"]
    for part in "b", "c":
        write(tmp_path / part, "plain", 1, None)
    assert load([tmp_path])["folder"].to_list() == [str(folder), str(tmp_path / "c" / "plain_1")]


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no result\.json in .* or below it"):
        load([tmp_path])


def test_each_of_the_networks_trained_at_once_is_a_row(tmp_path: Path) -> None:
    networks = [
        {"seed": 4, "metrics": {OBJECTIVE: 1.0}, "epochs": 7},
        {"seed": 5, "metrics": {}, "status": "failed", "error": "diverged: train/loss is nan", "epochs": 3},
    ]
    write(tmp_path, "many", 4, 1.0, networks=2, runs=networks)
    runs = load([tmp_path])
    assert runs.select("seed", "status", "epochs", OBJECTIVE).rows() == [
        (4, "completed", 7, 1.0),
        (5, "failed", 3, None),
    ]
    assert runs["folder"].n_unique() == 1


def test_a_run_that_failed_has_a_row_for_each_network_that_it_should_have_trained(tmp_path: Path) -> None:
    write(tmp_path, "many", 3, None, networks=4)
    runs = load([tmp_path])
    assert runs["seed"].to_list() == [3, 4, 5, 6]
    assert runs["status"].unique().to_list() == ["failed"]
    assert metrics_of(runs) == []


def test_what_is_no_number_or_was_not_measured_is_null(tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, {OBJECTIVE: None, "val/loss": 0.5})
    write(tmp_path, "plain", 1, {OBJECTIVE: 2.0})
    runs = load([tmp_path])
    assert runs.select(OBJECTIVE, "val/loss").rows() == [(None, 0.5), (2.0, None)]
    assert sorted(metrics_of(runs)) == [OBJECTIVE, "val/loss"]


def test_what_runs_say_of_their_metrics_is_taken_from_all_of_them(tmp_path: Path) -> None:
    write(tmp_path, "silent", 0, {"test/rmse": 1.0}, said={}, objective=None)
    write(tmp_path, "price", 0, {"test/rmse": 1.0, "test/r2": 0.5}, objective="test/rmse",
          said={"test/rmse": {"unit": "USD", "better": "lower"}, "test/r2": {"better": "higher"}})  # fmt: skip
    write(tmp_path, "bound", 0, {"test/r2": 0.5}, objective="test/r2", said={"test/r2": {"unlearnt": 0.1}})
    runs = load([tmp_path])
    assert meanings_of(runs) == {
        "test/rmse": Meaning("USD", "lower", None),
        "test/r2": Meaning("", "higher", 0.1),
    }
    assert objectives(runs) == ["test/r2", "test/rmse"]
    assert set(listed(runs, "shown")) == {"test/rmse", "test/r2"}


def test_runs_that_say_nothing_of_their_metrics_can_be_asked_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, "silent", 0, {"rmse": 1.0}, said={}, objective=None)
    runs = load([tmp_path])
    assert (meanings_of(runs), objectives(runs), listed(runs, "shown")) == ({}, [], [])


def test_a_frame_of_ones_own_needs_no_column_but_what_it_has() -> None:
    runs = pl.DataFrame({"group": ["a"], "seed": [0], "status": ["completed"], "rmse": [1.0]})
    assert (meanings_of(runs), objectives(runs), listed(runs, "shown")) == ({}, [], [])
    assert metrics_of(runs) == ["rmse"]
