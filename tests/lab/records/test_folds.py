"""Folds of a cross-validation are rows of one group, each by itself, and what is told of them is said once."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.records.curves import over_seeds
from src.lab.records.groups import keys
from src.lab.records.mixed import FOLDED, mixed
from src.lab.records.results import blank
from src.lab.records.runs import load
from tests.lab.toy import MANY, TOY

from .written import OBJECTIVE, write, write_first

GROUP = "3f2a9c000001"


def written(folder: Path, seed: int, fold: int | None, value: float, **more: Any) -> Path:
    digits = f"{fold or 0:012x}"
    settings = {"config_hash": f"a{digits[1:]}", "group_hash": GROUP, "fold": fold} | more
    return write(folder / str(fold), "plain", seed, value, **settings)


def test_each_fold_of_a_seed_is_a_row_of_one_group(tmp_path: Path) -> None:
    for seed in range(2):
        for fold in range(3):
            written(tmp_path, seed, fold, seed + fold / 10)
    runs = load([tmp_path])
    assert runs["group"].unique().to_list() == ["plain"]
    assert sorted(runs.select("seed", "fold", OBJECTIVE).rows()) == [
        (s, f, s + f / 10) for s in (0, 1) for f in (0, 1, 2)
    ]
    assert load([tmp_path], {"data.fold": ["2"]}).select("seed", "fold").rows() == [(0, 2), (1, 2)]
    assert len(load([tmp_path], {"fold": ["0", "1"], "seed": ["1"]})) == 2


def test_the_same_fold_of_a_seed_is_taken_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for copy in "a", "b":
        written(tmp_path / copy, 3, 1, 1.0)
        written(tmp_path / copy, 3, 2, float(copy == "a"))
        written(tmp_path / copy, 3, None, 1.0, group_hash="b")
    runs = load([tmp_path])
    assert len(runs) == 3
    assert "plain seed=3 fold=2: two results differ" in capsys.readouterr().err.replace(f" ({GROUP[:6]})", "")


def test_networks_trained_at_once_are_of_the_fold_of_their_run(tmp_path: Path) -> None:
    networks = [{"seed": seed, "metrics": {OBJECTIVE: 1.0}, "epochs": 7} for seed in range(3)]
    for fold in range(2):
        written(tmp_path, 0, fold, 1.0, networks=3, runs=networks)
    assert sorted(load([tmp_path]).select("seed", "fold").rows()) == [(s, f) for s in range(3) for f in range(2)]
    written(tmp_path, 5, 1, 1.0, networks=2, runs=[])
    assert load([tmp_path], {"seed": ["6"]})["fold"].to_list() == [1], "also of one that is lost"


def test_files_that_say_nothing_of_folds_are_read_and_grouped_as_before(tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, 1.0, config_hash="3f2a9c000001")
    write(tmp_path, "plain", 1, 1.0, config_hash="71e88e800000")
    write(tmp_path, "many", 0, 1.0, networks=2, config_hash="71e88e800000", group_hash="00e88e800000", runs=[])
    write_first(tmp_path, "old", 0, 1.0)
    runs = load([tmp_path])
    assert set(runs["group"]) == {"plain (3f2a9c)", "plain (71e88e)", "many", "old"}
    assert (runs.schema["fold"], runs["fold"].null_count()) == (pl.Int64, len(runs))
    assert mixed(runs) == []


@pytest.mark.parametrize("toy", [TOY, [*MANY, "runs=3"]], ids=["one", "several"])
def test_a_result_from_before_there_were_folds_is_of_the_group_that_it_would_be_of_today(toy: list[str]) -> None:
    today, other = blank(compose(*toy)), blank(compose(*toy, "epochs=9"))
    before = {key: value for key, value in today.items() if key != "fold"}
    if toy is TOY:
        del before["group_hash"]
    first, second, third = keys([today, before, other])
    assert first == second != third


def test_where_a_group_has_no_name_of_its_own_the_fold_is_none_of_what_differs(tmp_path: Path) -> None:
    """Of two configurations that were typed alike, and of which other folds are there."""
    for lr, fold in (0.1, 0), (0.2, 1):
        place = written(tmp_path / str(lr), 0, fold, 1.0, group_hash=f"{lr}") / ".hydra"
        place.mkdir()
        data = {"folds": 2, "fold": fold}
        OmegaConf.save({"data": data, "optimizer": {"lr": lr}, "runs": 1, "seed": 0}, place / "config.yaml")
    assert set(load([tmp_path])["group"]) == {"plain optimizer.lr=0.1", "plain optimizer.lr=0.2"}


def test_a_band_goes_over_all_folds_of_all_seeds(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((2, 3))
    for (seed, fold), value in np.ndenumerate(values):
        (written(tmp_path, seed, fold, 1.0) / "metrics.csv").write_text(f"epoch,val_loss\n0,{value}\n")
    band = over_seeds(load([tmp_path]))["plain"]["val_loss"]
    assert band.mean == pytest.approx([values.mean()])
    assert band.std == pytest.approx([values.std(ddof=1)])


def test_that_folds_are_not_independent_is_said_once_and_only_where_there_are_several(tmp_path: Path) -> None:
    for seed in range(2):
        for fold in range(2):
            written(tmp_path, seed, fold, 1.0)
            write(tmp_path / str(fold), "wide", seed, 1.0, fold=fold, group_hash="b")
        write(tmp_path, "one fold", seed, 1.0, fold=3)
        write(tmp_path, "none", seed, 1.0)
    assert mixed(load([tmp_path])) == [f"plain, wide: {FOLDED}"]
    written(tmp_path, 4, 0, 1.0, git="3f2a9c1d5e6f")
    written(tmp_path, 4, 1, 1.0, git="71e88e8d5e6f")
    assert mixed(load([tmp_path])) == [f"plain, wide: {FOLDED}", "plain: seed 4 at 3f2a9c1, seed 4 at 71e88e8"]
