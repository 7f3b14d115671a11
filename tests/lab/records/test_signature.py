"""What makes two runs the same run, or two seeds of the same group."""

import hashlib
from typing import Any

import pytest
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.records.signature import config_hash, equal_hash, fold, group_hash, grouping
from tests.lab.toy import FOLDS, TOY

ASIDE = [
    "seed=7", "figures=always", "logger=csv", "max_time=00:01:00:00", "fail_fast=true", "checkpoint.every=1",
    "gpu.share=3", "note=as before", "objective=val/miss", "views=tests.lab.toy.module.ToyViews",
    "++metrics={test/loss: {better: lower}}",
]  # fmt: skip


@pytest.fixture(scope="module")
def plain() -> str:
    """The hash of the toy run as it stands."""
    return config_hash(compose(*TOY))


def test_overrides_group_runs_but_for_the_seed() -> None:
    overrides = ["model=toy", "seed=3", "+optimizer.x=1", "hydra.sweep.dir=a", "sweep=seeds10", "data.root=b", "runs=9"]
    assert grouping(overrides) == {"model": "toy", "optimizer.x": "1"}


def test_how_a_run_is_made_or_looked_at_makes_no_other_run_of_it(plain: str) -> None:
    assert config_hash(compose(*TOY, *ASIDE)) == plain
    assert grouping(ASIDE) == {}


@pytest.mark.parametrize("override", ["epochs=9", "model.hidden=9", "data.seed=3", "monitor=val/loss", "threads=2"])
def test_whatever_else_is_set_makes_another_run(override: str, plain: str) -> None:
    assert config_hash(compose(*TOY, override)) != plain
    assert list(grouping([override])) == [override.partition("=")[0]]


def test_what_is_set_to_what_it_is_anyway_makes_no_other_run(plain: str) -> None:
    cfg = compose(*TOY, "epochs=2", "runs=1")
    assert config_hash(cfg) == plain
    assert config_hash(OmegaConf.create(OmegaConf.to_yaml(cfg))) == plain, "nor does the file that it is kept in"


def test_what_follows_the_seed_counts_as_the_seed(plain: str) -> None:
    assert config_hash(compose(*TOY, "seed=3")) == plain, "though the data are others then"
    assert config_hash(compose(*TOY, "seed=3", "data.seed=3")) != plain


def test_a_hash_is_of_what_defines_a_run_and_of_nothing_else() -> None:
    # of the sorted JSON: runs that were recorded long ago are still known for the same
    plain: dict[str, Any] = {"b": {"x": 1, "lr": "${seed}"}, "data": {"size": 3}}
    text = '{"b": {"lr": "${seed}", "x": 1}, "data": {"size": 3}}'
    expected = hashlib.sha256(text.encode()).hexdigest()[:12]
    assert config_hash(OmegaConf.create(plain)) == expected
    aside = dict.fromkeys(("seed", "resume", "max_time", "fail_fast", "figures", "logger", "views", "objective"), 1)
    aside |= {"metrics": {}, "checkpoint": {"every": 1}, "job": {"folder": "a"}, "hydra": {}}
    data = {"size": 3, "root": "a", "download": True}
    assert config_hash(OmegaConf.create(plain | aside | {"data": data})) == expected
    assert config_hash(OmegaConf.create(plain | {"data": None})) != expected


@pytest.mark.parametrize(
    "key", ["resume", "data.download", "checkpoint.every", "sweep", "runs", "data.fold", "hydra.job.name"]
)
def test_what_tells_no_groups_apart(key: str) -> None:
    assert grouping([f"{key}=1", "~model=a", "++X.y=b=c"]) == {"model": "a", "X.y": "b=c"}
    assert grouping([f"x{key}=1"]) == {f"x{key}": "1"}


def test_folds_that_are_not_asked_for_leave_the_hash_what_it_was_before_there_were_any() -> None:
    cfg = compose(*FOLDS)
    assert cfg.data.folds is cfg.data.fold is None
    before = OmegaConf.to_container(cfg, resolve=False)
    assert isinstance(before, dict)
    del before["data"]["folds"], before["data"]["fold"]
    older = OmegaConf.create(before)
    assert (config_hash(older), group_hash(older)) == (config_hash(cfg), group_hash(cfg))
    assert fold(older) is fold(cfg) is None


def test_folds_are_runs_of_their_own_in_one_group() -> None:
    cfgs = [compose(*FOLDS, "data.folds=5", f"data.fold={number}") for number in (0, 3)]
    other = compose(*FOLDS, "data.folds=4", "data.fold=0")
    assert [fold(cfg) for cfg in cfgs] == [0, 3]
    assert len({config_hash(cfg) for cfg in (*cfgs, other)}) == 3
    assert len({group_hash(cfg) for cfg in cfgs}) == 1
    assert group_hash(other) != group_hash(cfgs[0]), "fewer are other training sets"
    assert grouping(["data.folds=5", "data.fold=3"]) == {"data.folds": "5"}


@pytest.mark.parametrize("value", ["outer", -1, True, 1.5])
def test_what_is_no_number_of_a_fold_tells_groups_apart_as_any_other_key(value: Any) -> None:
    cfgs = [OmegaConf.create({"data": {"fold": each}}) for each in (value, "other")]
    assert [fold(cfg) for cfg in cfgs] == [None, None]
    assert group_hash(cfgs[0]) != group_hash(cfgs[1])
    assert fold(OmegaConf.create({"data": None})) is None


def test_a_learning_rate_of_1_is_that_of_1_0_and_its_folder_another() -> None:
    one, same = compose(*TOY, "optimizer.lr=1"), compose(*TOY, "optimizer.lr=1.0")
    assert equal_hash(one) == equal_hash(same) != equal_hash(compose(*TOY, "optimizer.lr=2"))
    assert config_hash(one) != config_hash(same), "as in sweeps that are there already"
