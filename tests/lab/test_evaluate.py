from pathlib import Path

import pytest

from src.lab import train as experiment
from src.lab.config import compose
from src.lab.evaluate import evaluate
from tests.conftest import TINY, Command, results_in


@pytest.mark.parametrize("model", ["ws_aux_bn_dropout", "best"])
def test_a_run_is_tested_again_with_the_same_figures(model: str, command: Command, tmp_path: Path) -> None:
    trained = command(
        "src.train",
        *TINY,
        f"model={model}",
        "epochs=6",
        "optimizer=sgd",
        "optimizer.lr=1.0",
        "hydra.run.dir=run",
        "callbacks=best",
    )
    assert trained.returncode == 0, trained.stderr
    again = command("src.evaluate", "run")
    assert again.returncode == 0, again.stderr
    (result,) = results_in(tmp_path)
    metrics = evaluate(tmp_path / "run")
    assert metrics["test/error"] == result["metrics"]["test/error"]
    (line,) = (line for line in again.stdout.splitlines() if line.split()[:2] == ["error", "(%)"])
    assert line.split()[-1] == f"{metrics['test/error']:.2f}"
    assert evaluate(tmp_path / "run" / "checkpoints" / "best.ckpt") == metrics
    assert evaluate(tmp_path / "run", "data.seed=5", "data.test_pairs=500") != metrics


def test_the_figures_are_those_of_result_json(tmp_path: Path) -> None:
    cfg = compose(*TINY, "model=basic")
    cfg.job.folder = str(tmp_path)
    result = experiment.run(cfg)
    metrics = experiment.test(cfg, tmp_path / "checkpoints" / "last.ckpt")
    assert metrics["test/error"] == result["metrics"]["test/error"]
    assert metrics["test/loss"] == result["metrics"]["test/loss"]


def test_what_is_no_run_is_one_line(command: Command, tmp_path: Path) -> None:
    done = command("src.evaluate", ".")
    assert done.returncode == 1
    assert done.stderr.startswith("error: there is no .hydra/config.yaml") and done.stderr.count("\n") == 1
