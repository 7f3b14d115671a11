"""A search: on the monitor alone, continued, and its best as a preset."""

from pathlib import Path

import optuna
import pytest
import yaml
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from src.lab.tune.space import USUAL, defaults, parse, usual
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


def test_the_first_trial_is_the_configuration_as_it_is() -> None:
    _, space = parse(["optimizer.lr=interval(0.01,2)", "data.batch_size=10,200", "epochs=range(1,10)"])
    assert defaults(TOY, space) == {"optimizer.lr": 0.1, "data.batch_size": "10", "epochs": 2}
    _, elsewhere = parse(["optimizer.lr=interval(1,2)", "data.batch_size=100,200", "model.hidden=4,16"])
    assert defaults(TOY, elsewhere) == {}, "it lies outside"


def test_what_is_usually_searched_is_what_the_configuration_has() -> None:
    assert list(usual(TOY)) == [each.partition("=")[0] for each in USUAL] == ["optimizer.lr", "data.batch_size"]
    assert list(usual([*TOY, "model.optimizer=null", "optimizer=none"])) == ["data.batch_size"]
    with pytest.raises(ValueError, match="say what to search"):
        usual([*TOY, "model.optimizer=null", "optimizer=none", "data.batch_size=null"])


def test_a_search_goes_on_and_its_best_is_a_preset(command: Command, here: Command, tmp_path: Path) -> None:
    arguments = ["src.tune", *TOY, "data.batch_size=10,20", "optimizer.lr=tag(log,interval(0.01,2))"]
    first = command(*arguments, "--trials", "2")
    assert first.returncode == 0, first.stderr
    more = here(*arguments, "--trials", "4")
    assert more.returncode == 0, more.stderr
    assert "[3/4] val miss " in more.stdout and "[2/" not in more.stdout
    folder = tmp_path / "outputs" / "studies" / "tuned_toy"
    study = optuna.load_study(study_name="tuned_toy", storage=f"sqlite:///{folder / 'study.db'}")
    assert len(study.trials) == 4
    assert study.trials[0].params == {"data.batch_size": "10", "optimizer.lr": 0.1}, "as it is"
    for trial, result in zip(study.trials, results_in(folder), strict=True):
        assert trial.value is None or trial.value == pytest.approx(result["metrics"]["val/miss"])
        assert not any(name.startswith("test/") for name in result["metrics"]), "the test data is not looked at"
        assert result["seed"] == 1000
    assert study.best_value == min(trial.value for trial in study.trials if trial.value is not None)
    found = yaml.safe_load((folder / "experiment" / "tuned_toy.yaml").read_text())
    assert found["optimizer"]["lr"] == study.best_params["optimizer.lr"]
    used = here("src.train", TOY[0], "--config-dir", str(folder), "experiment=tuned_toy", "epochs=1")
    assert used.returncode == 0, used.stderr
    (run,) = results_in(tmp_path / "outputs" / "runs")
    assert run["model"] == "toy"


def test_the_direction_is_that_of_the_monitor(here: Command, tmp_path: Path) -> None:
    searched = ["src.tune", *TOY, "optimizer.lr=choice(0.5,1e-6)", "epochs=5", "--trials", "3", "--study", "study"]
    assert here(*searched, "monitor=val/loss", "mode=max").returncode == 0
    study = optuna.load_study(study_name="study", storage=f"sqlite:///{tmp_path / 'study' / 'study.db'}")
    values = [trial.value for trial in study.trials if trial.value is not None]
    assert study.best_value == max(values) > min(values)


def test_a_trial_that_diverges_ends_no_search(here: Command, tmp_path: Path) -> None:
    done = here("src.tune", *TOY, "optimizer.lr=choice(0.1,1e38)", "--trials", "6", "--study", "study")
    assert done.returncode == 0, done.stderr
    study = optuna.load_study(study_name="study", storage=f"sqlite:///{tmp_path / 'study' / 'study.db'}")
    states = {trial.params["optimizer.lr"]: trial.state for trial in study.trials}
    assert states == {"0.1": TrialState.COMPLETE, "1e+38": TrialState.PRUNED}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["modell=toy"], "modell"),
        (["monitor=null"], "what model=toy is searched by must be named: monitor=… mode=min or mode=max"),
        (["mode=null"], "what model=toy is searched by must be named: monitor=… mode=min or mode=max"),
        (["monitor=val/none", "epochs=1"], "the model logs no val/none; there are "),
        (["optimizer.lr=interval(-1,-0.5)", "--trials", "1"], "optimizer.lr=-"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_wrong_option_is_one_line(arguments: list[str], said: str, here: Command) -> None:
    done = here("src.tune", *TOY, *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert said in done.stderr
