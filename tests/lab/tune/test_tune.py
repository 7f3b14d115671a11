"""A search: on the monitor alone, continued, and its best as a preset."""

import shlex
from pathlib import Path
from typing import Any

import optuna
import pytest
from omegaconf import OmegaConf
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from src.lab.config import compose
from src.lab.tune.space import inside, parse, signature, usual, values_before
from tests.conftest import Command, results_in
from tests.lab.toy import TOY


def test_sweeps_in_hydras_words_become_distributions() -> None:
    fixed, space = parse(
        ["model=toy", "optimizer.lr=tag(log,interval(0.01,3))", "model.dropout=interval(0,0.5)",
         "data.batch_size=25,50", "epochs=range(10,40,10)"]
    )  # fmt: skip
    assert fixed == ["model=toy"]
    assert space == {
        "optimizer.lr": FloatDistribution(0.01, 3, log=True),
        "model.dropout": FloatDistribution(0, 0.5),
        "data.batch_size": CategoricalDistribution(["25", "50"]),
        "epochs": IntDistribution(10, 30, step=10),
    }


SPACE = ["optimizer.lr=interval(0.01,2)", "data.batch_size=10,200", "epochs=range(1,10)"]


def test_the_configuration_as_it_is_in_the_words_of_the_space() -> None:
    _, space = parse([*SPACE, "optimizer=adam,sgd", "+model.widths=choice([2],[3,2])"])
    values = values_before([*TOY, "+model.widths=[3,2]"], space)
    assert list(values.values()) == [0.1, 10, 2, "sgd", [3, 2]]
    assert inside(values, space) == dict(zip(space, [0.1, "10", 2, "sgd", "[3,2]"], strict=True))


@pytest.mark.parametrize(
    "elsewhere",
    ["optimizer.lr=interval(1,2)", "data.batch_size=100,200", "epochs=range(1,10,2)", "+model.widths=interval(1,2)"],
)
def test_it_may_lie_outside(elsewhere: str) -> None:
    _, space = parse([*SPACE, elsewhere])
    assert inside(values_before(TOY, space), space) is None


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_what_is_usually_searched_is_around_what_the_configuration_has(optimizer: str) -> None:
    fixed = [*TOY, f"optimizer={optimizer}"]
    space = usual(fixed)
    assert list(space) == ["optimizer.lr", "data.batch_size"]
    assert inside(values_before(fixed, space), space) is not None
    assert list(usual([*TOY, "model.optimizer=null", "optimizer=none"])) == ["data.batch_size"]
    with pytest.raises(ValueError, match="say what to search"):
        usual([*TOY, "model.optimizer=null", "optimizer=none", "data.batch_size=null"])


@pytest.mark.long
def test_a_search_goes_on_and_its_best_is_a_preset(command: Command, here: Command, tmp_path: Path) -> None:
    arguments = ["src.tune", *TOY, "data.batch_size=10,20", "optimizer.lr=tag(log,interval(0.01,2))"]
    first = command(*arguments, "--trials", "2")
    assert first.returncode == 0, first.stderr
    more = here(*arguments, "--trials", "4")
    assert more.returncode == 0, more.stderr
    assert "[3/4] val miss " in more.stdout and "[2/" not in more.stdout
    (folder,) = (tmp_path / "outputs" / "studies").iterdir()
    study = of(folder)
    assert len(study.trials) == 4
    assert study.trials[0].params == {"data.batch_size": "10", "optimizer.lr": 0.1}, "as it is"
    for trial, result in zip(study.trials, results_in(folder), strict=True):
        assert trial.value is None or trial.value == pytest.approx(result["metrics"]["val/miss"])
        assert not any(name.startswith("test/") for name in result["metrics"]), "the test data is not looked at"
        assert result["seed"] == 1000
    assert study.best_value == min(trial.value for trial in study.trials if trial.value is not None)
    again = used(here, more.stdout, "epochs=1")
    assert again["optimizer"]["lr"] == study.best_params["optimizer.lr"]
    (run,) = results_in(tmp_path / "used")
    assert run["status"] == "completed"


def of(folder: Path) -> optuna.Study:
    """The study in a folder."""
    return optuna.load_study(study_name=None, storage=f"sqlite:///{folder / 'study.db'}")


def used(here: Command, said: str, *more: str) -> dict[str, Any]:
    """The configuration of a run, made by what a search has printed last."""
    _, _, module, *arguments, multirun, seeds = shlex.split(said.splitlines()[-1])
    assert (module, multirun, seeds) == ("src.train", "-m", "seed=range(10)")
    done = here(module, *arguments, "hydra.run.dir=used", *more)
    assert done.returncode == 0, done.stderr
    found: Any = OmegaConf.to_container(OmegaConf.load(Path("used/.hydra/config.yaml")))
    return {str(key): value for key, value in found.items() if key != "job"}


NARROW = """# @package _global_
defaults: [override /model: toy_wide, override /optimizer: adam]
model: {hidden: 3}
"""
QUOTED = "objective='a: b, #c'"


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    "fixed",
    [
        ["model.hidden=4"],
        ["model=toy_wide", "optimizer=adam", "seed=5"],
        ["~callbacks.vitals"],
        ["~callbacks.vitals", "callbacks=best", "logger=csv"],
        ["~model.dropout", "~data.batch_size", "++data.batch_size=10"],
        ["experiment=narrow", "data.items=30", "debug=limit"],
        [QUOTED, "+model.note={a: [b, null]}", "~model.note", "metrics={}"],
        [QUOTED, "objective=choice('a: b, #c',\"it's\")"],
        ["optimizer=momentum", "model.hidden=4,8", "data.batch_size=tag(log,interval(1,10))"],
    ],
    ids=" ".join,
)
def test_a_preset_is_the_configuration_that_was_best(fixed: list[str], here: Command, tmp_path: Path) -> None:
    """Whatever it was made of, and in a folder whose name wants quotes."""
    (tmp_path / "more" / "experiment").mkdir(parents=True)
    (tmp_path / "more" / "experiment" / "narrow.yaml").write_text(NARROW)
    places = f"{TOY[0].removesuffix(']')},file://{tmp_path / 'more'}]"
    fixed = [places, *(TOY[1:] if "experiment=narrow" not in fixed else TOY[2:]), *fixed]
    done = here(
        "src.tune", *fixed, "model.dropout=choice(0.0,0.5)", "--trials", "1", "--study", "it's 1%41, {study} #2?"
    )
    assert done.returncode == 0, done.stderr
    wanted: Any = OmegaConf.to_container(compose(*parse(fixed)[0]))
    del wanted["job"]
    assert used(here, done.stdout) == {**wanted, "seed": 0}


def test_a_study_is_of_one_configuration_and_one_space() -> None:
    searched = ["epochs=2", "model.hidden=8,9", "optimizer.lr=interval(0.1,1)"]
    first, *others = (
        signature(*parse([*TOY, *searched, *changed]))
        for changed in ([], ["epochs=1"], ["seed=3"], ["monitor=val/loss"], ["model.hidden=8,9,10"], ["data.items=8,9"])
    )
    assert len({first, *others}) == 6
    assert signature(*parse([*TOY, *reversed(searched), "figures=single", "logger=csv"])) == first


@pytest.mark.long
def test_another_configuration_begins_a_study_beside_it(here: Command, tmp_path: Path) -> None:
    first = ["src.tune", *TOY, "model.hidden=8,9", "--trials", "1"]
    for epochs in "epochs=1", "epochs=2":
        assert here(*first, epochs).returncode == 0
    studies = sorted((tmp_path / "outputs" / "studies").iterdir())
    assert [len(of(folder).trials) for folder in studies] == [1, 1]
    before = [path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    done = here(*first, "epochs=3", "--study", str(studies[0]))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "holds a study of another configuration or space: leave out --study, or name a new folder" in done.stderr
    assert [path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()] == before


@pytest.mark.long
def test_a_trial_that_diverges_ends_no_search(here: Command, tmp_path: Path) -> None:
    done = here("src.tune", *TOY, "optimizer.lr=choice(0.1,1e38)", "--trials", "6", "--study", "study")
    assert done.returncode == 0, done.stderr
    states = {trial.params["optimizer.lr"]: trial.state for trial in of(tmp_path / "study").trials}
    assert states == {"0.1": TrialState.COMPLETE, "1e+38": TrialState.PRUNED}


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["modell=toy"], "modell"),
        (["monitor=null"], "what model=toy is searched by must be named: monitor=… mode=min or mode=max"),
        (["mode=null"], "what model=toy is searched by must be named: monitor=… mode=min or mode=max"),
        (["monitor=val/none", "epochs=1"], "the model logs no val/none; there are "),
        (["optimizer.lr=interval(-1,-0.5)", "--trials", "2"], "optimizer.lr=-"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_wrong_option_is_one_line(arguments: list[str], said: str, here: Command) -> None:
    done = here("src.tune", *TOY, *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert said in done.stderr
