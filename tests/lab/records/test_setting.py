"""What a setting is in each group, as it was typed or composed, and what groups are called without it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.lab.config import compose
from src.lab.records import results
from src.lab.records.folder import RunFolder
from src.lab.records.groups import spelt
from src.lab.records.runs import load
from src.lab.records.setting import ALL, by_setting, in_order
from tests.lab.toy import TOY

from .written import write

Placed = dict[str, tuple[str | None, bool, str]]


def placed(folder: Path, key: str) -> Placed:
    """By group: the setting, whether it was typed, and the rest of its name."""
    found = by_setting(load([folder]), key)
    return {row["group"]: (row["setting"], row["typed"], row["rest"]) for row in found.iter_rows(named=True)}


def composed(folder: Path, *overrides: str, seed: int = 0, dropout: float | None = None) -> None:
    """A run's result and configuration, as the run itself writes them; with a `dropout` that nobody typed."""
    cfg = compose(*TOY, f"seed={seed}", *overrides)
    if dropout is not None:
        cfg.model.dropout = dropout
    place = RunFolder(folder / f"{len(list(folder.iterdir()))}")
    place.record(cfg)
    figures: dict[str, Any] = {"test/miss": 1.0}
    done = {"status": "completed", "metrics": figures, "runs": [{"seed": seed, "metrics": figures}]}
    results.write(results.blank(cfg) | done, place.path)


def test_a_group_is_called_by_what_is_left_without_the_setting(tmp_path: Path) -> None:
    for model in ("plain", "wide"):
        for noise in ("0.1", "0.2"):
            write(tmp_path, model, 0, 1.0, group={"data.noise": noise, "lr": "3"})
    assert placed(tmp_path, "data.noise") == {
        f"{model} data.noise={noise}": (noise, True, model) for model in ("plain", "wide") for noise in ("0.1", "0.2")
    }
    assert {each[::2] for each in placed(tmp_path, "model").values()} == {
        (model, f"data.noise={noise}") for model in ("plain", "wide") for noise in ("0.1", "0.2")
    }


def test_where_nothing_is_left_it_is_the_model(tmp_path: Path) -> None:
    for noise in ("0.1", "0.2"):
        write(tmp_path / "a", "plain", 0, 1.0, group={"noise": noise})
    assert [each[2] for each in placed(tmp_path / "a", "noise").values()] == ["plain", "plain"]
    for model in ("plain", "wide"):
        write(tmp_path / "b", model, 0, 1.0)
    assert placed(tmp_path / "b", "model") == {"plain": ("plain", True, ALL), "wide": ("wide", True, ALL)}


WORDS = st.text("ab=[],/ .0-", min_size=1, max_size=6).map(str.strip).filter(bool)


@settings(max_examples=40)
@given(values=st.lists(WORDS, min_size=2, max_size=3, unique_by=spelt), other=WORDS)
def test_whatever_stands_in_a_value_the_rest_is_the_same_for_all(values: list[str], other: str) -> None:
    with TemporaryDirectory() as folder:
        for i, value in enumerate(values):
            for rest in (other, f"{other}x"):
                group = {"model": "plain", "path": value, "lr": rest}
                write(Path(folder) / f"{i}{rest == other}", "plain", 0, 1.0, group=group)
        found = placed(Path(folder), "path")
    assert {each[0] for each in found.values()} == {*values}
    assert {each[2] for each in found.values()} == {f"lr={other}", f"lr={other}x"}


def test_one_value_has_one_spelling_however_it_was_typed(tmp_path: Path) -> None:
    for model, noise in (("plain", "0.1"), ("plain", "0.2"), ("wide", "1e-1"), ("wide", "2e-1")):
        write(tmp_path, model, 0, 1.0, group={"noise": noise})
    found = placed(tmp_path, "noise")
    assert {each[::2] for each in found.values()} == {(n, m) for n in ("0.1", "0.2") for m in ("plain", "wide")}


def test_what_nobody_typed_is_in_the_configuration(tmp_path: Path) -> None:
    composed(tmp_path)
    composed(tmp_path, "data.items=80")
    composed(tmp_path, "data=toy_folds")
    typed = {group: (value, typed) for group, (value, typed, _) in placed(tmp_path, "data.items").items()}
    assert typed == {"toy": ("40", False), "data.items=80": ("80", True), "data=toy_folds": ("40", False)}
    assert {each[2] for each in placed(tmp_path, "data.items").values()} == {"toy", "data=toy_folds"}
    found = placed(tmp_path, "data")
    assert found["toy"] == ("toy", False, "toy"), "a choice by its name"
    assert found["data=toy_folds"] == ("toy_folds", True, "toy")
    assert {each[0] for each in placed(tmp_path, "experiment").values()} == {"null"}
    assert {each[0] for each in placed(tmp_path, "data.nothing").values()} == {None}


def test_what_follows_the_seed_is_no_setting(tmp_path: Path) -> None:
    composed(tmp_path, seed=3)
    composed(tmp_path, "data.seed=5", seed=3)
    assert placed(tmp_path, "data.seed") == {"toy": (None, False, "toy"), "data.seed=5": ("5", True, "toy")}


def test_without_a_configuration_what_nobody_typed_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, 1.0)
    write(tmp_path, "plain", 0, 1.0, group={"noise": "0.1"})
    assert placed(tmp_path, "noise")["plain"] == (None, False, "plain")


def test_two_configurations_under_one_name_are_not_taken_together(tmp_path: Path) -> None:
    composed(tmp_path)
    composed(tmp_path, "data.items=40", dropout=0.5)
    with pytest.raises(ValueError, match=r"toy and data\.items=40 are both toy with data\.items=40"):
        placed(tmp_path, "data.items")


def test_numbers_are_in_order_and_names_as_they_came() -> None:
    assert in_order(["10", "9", "1e-1"]) == ["1e-1", "9", "10"]
    assert in_order(["mnist", "9", "kmnist"]) == ["mnist", "9", "kmnist"]
