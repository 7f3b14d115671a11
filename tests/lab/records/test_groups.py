"""Which runs are seeds of one group: those of one configuration, however it was typed, in whatever order they lie."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.records.groups import keys, label, labels, spelt
from src.lab.records.results import blank
from src.lab.records.runs import load
from src.lab.records.signature import grouping
from tests.conftest import Command
from tests.lab.toy import MANY, TOY

from .written import OBJECTIVE, write, write_first

TYPED = ["model=plain", "optimizer=sgd", "optimizer.lr=0.1", "epochs=3"]


def result(*overrides: str, digits: str = "3f2a9c000001", schema: int = 2, **more: Any) -> dict[str, Any]:
    return {"schema": schema, "group": grouping([*overrides]), "config_hash": digits, **more}


def labelled(results: list[dict[str, Any]]) -> list[str]:
    found = keys(results)
    members: dict[Any, list[tuple[Path, dict[str, Any]]]] = {}
    for key, each in zip(found, results, strict=True):
        members.setdefault(key, []).append((Path("nowhere/result.json"), each))
    named = labels(members)
    return [named[key] for key in found]


def test_groups_are_called_by_what_varies_only() -> None:
    assert label({"model": "plain", "epochs": "3"}, set()) == "plain"
    assert label({"model": "plain", "epochs": "3"}, {"epochs"}) == "epochs=3"
    assert label({"model": "plain", "epochs": "3"}, {"epochs", "model"}) == "plain epochs=3"


@given(orders=st.lists(st.permutations(TYPED), min_size=2, max_size=5), data=st.data())
def test_one_configuration_is_one_group_in_whatever_order_it_is_typed_and_found(
    orders: list[list[str]], data: st.DataObject
) -> None:
    other = result("model=wide", digits="71e88e800000")
    results = [*(result(*order) for order in orders), other]
    first = labelled(results)
    assert len(set(first[:-1])) == 1
    assert first[-1] == "wide"
    order = data.draw(st.permutations(range(len(results))))
    assert labelled([results[i] for i in order]) == [first[i] for i in order]


def test_what_the_shell_was_told_and_what_stands_in_a_yaml_are_one_group_by_its_shortest_name() -> None:
    cfgs = [
        compose(*TOY),
        compose(*TOY, "epochs=2"),
        compose(*TOY, "model.hidden=8", "epochs=2"),
        compose(*TOY, "epochs=3"),
    ]
    names = labelled([blank(cfg) for cfg in cfgs])
    assert names == ["toy", "toy", "toy", "epochs=3"]


def test_the_same_numbers_are_one_group_with_or_without_a_point_also_for_results_that_do_not_say_so() -> None:
    said = ["optimizer.lr=1"], ["optimizer.lr=1.0"], ["optimizer=sgd", "optimizer.lr=1e0", "epochs=2"], ["epochs=3"]
    found = [blank(compose(*TOY, *each)) for each in said]
    older = [{key: value for key, value in each.items() if key != "equal_hash"} for each in found]
    expected = ["optimizer.lr=1"] * 3 + ["epochs=3"]
    assert labelled(found) == expected
    assert labelled([*older, *found]) == expected * 2


def test_networks_trained_at_once_are_seeds_of_the_group_of_those_trained_alone() -> None:
    one, three = (blank(compose(*MANY, f"runs={runs}", "optimizer.lr=0.2")) for runs in (1, 3))
    other = blank(compose(*MANY, "runs=3", "optimizer.lr=0.3"))
    assert one["config_hash"] != three["config_hash"], "they don't share a folder"
    assert labelled([one, three, other]) == ["optimizer.lr=0.2", "optimizer.lr=0.2", "optimizer.lr=0.3"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("0.1", "1e-1"), ("1", "1.0"), ("[2,25,1]", "[2, 25, 1]"), ("True", "true"), ("1_000", "1000"), ("-0.5", "-.5")],
)
def test_a_value_has_one_spelling(first: str, second: str) -> None:
    assert spelt(first) == spelt(second)
    assert labelled([result(f"lr={each}", "model=a", digits="") for each in (first, second)]) == ["a", "a"]


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_two_numbers_are_never_spelt_alike(first: float, second: float) -> None:
    assert (spelt(str(first)) == spelt(str(second))) == (repr(first) == repr(second))


def test_results_without_a_hash_that_could_be_compared_belong_where_they_were_typed() -> None:
    """Of schema 1, of a tool that writes zeros, and of one that writes none."""
    old = [result("model=plain", schema=1, digits=digits) for digits in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")]
    fake = [result("model=plain", digits="0" * 12), {"schema": 2, "group": {"model": "plain"}}]
    other = result("model=wide", schema=1, digits="aaaaaaaaaaaa")
    assert labelled([*old, *fake, other]) == [*["plain"] * 4, "wide"]
    assert labelled([*old, result("model=plain"), other]) == [*["plain"] * 3, "wide"]


def recorded(folder: Path, seed: int, digits: str, **settings: Any) -> None:
    place = write(folder, "plain", seed, 1.0, config_hash=digits) / ".hydra"
    place.mkdir()
    OmegaConf.save({"model": {"hidden": 8}, "optimizer": settings, "runs": 1, "seed": seed}, place / "config.yaml")


def test_of_two_configurations_that_were_typed_alike_the_name_says_what_differs(tmp_path: Path) -> None:
    for seed in range(2):
        recorded(tmp_path / "a", seed, "3f2a9c000001", lr=0.1, decay="${seed}")
        recorded(tmp_path / "b", seed + 1, "71e88e800000", lr="${model.hidden}", decay="${seed}")
    expected = [("plain optimizer.lr=0.1", 0), ("plain optimizer.lr=0.1", 1)]
    expected += [("plain optimizer.lr=8", 1), ("plain optimizer.lr=8", 2)]
    for order in permutations([tmp_path / "a", tmp_path / "b"]):
        assert sorted(load(order).select("group", "seed").rows()) == expected


def test_where_no_configuration_is_there_the_name_has_the_hash(tmp_path: Path) -> None:
    write(tmp_path / "a", "plain", 0, 1.0, config_hash="3f2a9c000001")
    write(tmp_path / "b", "plain", 0, 1.0, config_hash="71e88e800000")
    write(tmp_path / "c", "plain", 0, 1.0, config_hash="71e88e800000", resumed=[{"epoch": 5, "changed": {}}])
    write_first(tmp_path / "old", "plain", 0, 1.0)
    assert set(load([tmp_path])["group"]) == {"plain (3f2a9c)", "plain (71e88e)", "plain (earlier version)"}
    broken = tmp_path / "a" / "plain_0" / ".hydra"
    broken.mkdir()
    (broken / "config.yaml").write_text("{")
    assert "plain (3f2a9c)" in set(load([tmp_path / "a", tmp_path / "b"])["group"])


def test_a_run_that_was_changed_on_the_way_is_none_of_those_that_were_not(tmp_path: Path) -> None:
    changed = [{"epoch": 5, "changed": {"optimizer.lr": [0.2, 0.1]}}]
    write(tmp_path / "a", "plain", 0, 1.0, config_hash="3f2a9c000001")
    write(tmp_path / "b", "plain", 0, 1.0, config_hash="71e88e800000", resumed=changed)
    runs = load([tmp_path])
    assert set(runs["group"]) == {"plain", "plain (changed at epoch 5)"}
    assert runs["changed"].drop_nulls().to_list() == ["optimizer.lr from 0.2 to 0.1 at epoch 5"]


def test_seeds_of_one_configuration_are_pooled_and_compared_with_others_only(here: Command, tmp_path: Path) -> None:
    """As users do it: three spellings in three sweeps."""
    spellings = ("optimizer.lr=0.2", "epochs=1"), ("epochs=1", "optimizer.lr=2e-1"), ("epochs=1", "optimizer.lr=.2")
    for i, typed in enumerate(spellings):
        done = here("src.train", *TOY, *typed, f"seed={i}", f"hydra.run.dir={i}")
        assert done.returncode == 0, done.stderr
    runs = load([tmp_path])
    assert runs["group"].unique().to_list() == ["toy"]
    assert sorted(runs["seed"]) == [0, 1, 2]
    assert OBJECTIVE in runs.columns
