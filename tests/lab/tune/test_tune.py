"""A search as a real process: on the validation error alone, continued, and its best as an experiment."""

from pathlib import Path

import optuna
import pytest
import yaml
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from src.lab.tune.space import defaults, parse
from tests.conftest import TINY, Command, results_in


def test_sweeps_in_hydras_words_become_distributions() -> None:
    fixed, space = parse(
        ["model=basic", "optimizer.lr=tag(log,interval(0.01,3))", "model.dropout=interval(0,0.5)",
         "data.batch_size=25,50", "epochs=range(10,40,10)"]
    )  # fmt: skip
    assert fixed == ["model=basic"]
    assert space == {
        "optimizer.lr": FloatDistribution(0.01, 3, log=True),
        "model.dropout": FloatDistribution(0, 0.5),
        "data.batch_size": CategoricalDistribution(["25", "50"]),
        "epochs": IntDistribution(10, 30, step=10),
    }


def test_the_first_trial_is_the_configuration_as_it_is() -> None:
    _, space = parse(["optimizer.lr=interval(0.1,2)", "data.batch_size=100,200", "epochs=range(1,10)"])
    assert defaults(["model=basic"], space) == {"optimizer.lr": 1.0, "data.batch_size": "100"}


def test_a_search_goes_on_and_its_best_is_an_experiment(command: Command, tmp_path: Path) -> None:
    tiny = [each for each in TINY if "batch_size" not in each]
    arguments = ["src.tune", "model=basic", *tiny, "data.batch_size=10,20", "optimizer.lr=tag(log,interval(0.01,2))"]
    first = command(*arguments, "--trials", "2")
    assert first.returncode == 0, first.stderr
    more = command(*arguments, "--trials", "4")
    assert more.returncode == 0, more.stderr
    assert "[3/4]" in more.stdout and "[2/" not in more.stdout
    folder = tmp_path / "outputs" / "studies" / "tuned_basic"
    study = optuna.load_study(study_name="tuned_basic", storage=f"sqlite:///{folder / 'study.db'}")
    assert len(study.trials) == 4
    for trial, result in zip(study.trials, results_in(folder), strict=True):
        assert trial.value is None or trial.value == pytest.approx(result["metrics"]["val/error"])
        assert not any(name.startswith("test/") for name in result["metrics"]), "the test data is not looked at"
        assert result["seed"] == 1000
    found = yaml.safe_load((folder / "experiment" / "tuned_basic.yaml").read_text())
    assert found["optimizer"]["lr"] == study.best_params["optimizer.lr"]
    used = command("src.train", "--config-dir", str(folder), "experiment=tuned_basic", "epochs=1")
    assert used.returncode == 0, used.stderr
    (run,) = results_in(tmp_path / "outputs" / "runs")
    assert run["model"] == "basic"


def test_a_wrong_option_is_one_line(command: Command) -> None:
    done = command("src.tune", "modell=basic")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
