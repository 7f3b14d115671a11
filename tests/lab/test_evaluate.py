from pathlib import Path

import pytest

from src.lab import train as experiment
from src.lab.config import compose
from src.lab.evaluate import evaluate
from tests.conftest import Command, results_in

from .toy import MANY, TOY


@pytest.mark.parametrize("toy", [[*TOY, "model.dropout=0.5"], [*MANY, "runs=3"]], ids=["one", "several"])
def test_a_run_is_tested_again_with_the_same_figures(toy: list[str], here: Command, tmp_path: Path) -> None:
    training = ["callbacks=best", "epochs=6", "optimizer.lr=1.0"]
    trained = here("src.train", *toy, *training, "hydra.run.dir=run")
    assert trained.returncode == 0, trained.stderr
    again = here("src.evaluate", "run")
    assert again.returncode == 0, again.stderr
    (result,) = results_in(tmp_path)
    metrics = evaluate(tmp_path / "run")
    assert metrics["test/miss"] == result["metrics"]["test/miss"]
    assert metrics["test/loss"] == result["metrics"]["test/loss"]
    (line,) = (line for line in again.stdout.splitlines() if line.split()[:2] == ["miss", "(%)"])
    assert line.split()[-1] == f"{metrics['test/miss']:.2f}"
    assert evaluate(tmp_path / "run" / "checkpoints" / "best.ckpt") == metrics
    assert evaluate(tmp_path / "run", "data.seed=5", "data.items=500") != metrics


def test_the_figures_are_those_of_result_json(tmp_path: Path) -> None:
    cfg = compose(*TOY, "seed=4")
    cfg.job.folder = str(tmp_path)
    result = experiment.run(cfg)
    metrics = experiment.test(cfg, tmp_path / "checkpoints" / "last.ckpt")
    assert metrics == {name: result["metrics"][name] for name in ("test/loss", "test/miss")}


@pytest.mark.long
def test_what_is_no_run_is_one_line(command: Command) -> None:
    done = command("src.evaluate", ".")
    assert done.returncode == 1
    assert done.stderr.startswith("error: there is no .hydra/config.yaml") and done.stderr.count("\n") == 1


def test_a_key_that_the_run_does_not_have_is_one_line(here: Command) -> None:
    assert here("src.train", *TOY, "epochs=1", "hydra.run.dir=run").returncode == 0
    done = here("src.evaluate", "run", "data.itemz=3")
    assert done.returncode == 1
    assert done.stderr == "error: run has no option data.itemz\n"
