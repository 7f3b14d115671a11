"""The loggers that users already have: each chosen by its name, several at once."""

import csv
import importlib.util
import os
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Command, results_in
from tests.lab.toy import TOY

from .runs import board, points, run

HERE = {name: importlib.util.find_spec(name) is not None for name in ("mlflow", "wandb")}
TRAIN = ["src.train", *TOY, "seed=2"]


def test_several_loggers_at_once_get_the_same(tmp_path: Path) -> None:
    result = run(tmp_path, "logger=[csv,tensorboard]")
    rows = list(csv.DictReader((tmp_path / "loggers/csv/version_0/metrics.csv").read_text().splitlines()))
    misses = [float(row["val/miss"]) for row in rows if row["val/miss"]]
    assert misses[-1] == pytest.approx(result["metrics"]["val/miss"], rel=1e-4)
    assert any(row["optimizer/lr"] for row in rows)
    assert points(board(tmp_path / "tensorboard"), "val/miss") == [
        (epoch, pytest.approx(miss, rel=1e-4)) for epoch, miss in enumerate(misses, 1)
    ]


def test_loggers_don_t_make_another_run_of_it(tmp_path: Path) -> None:
    first, second = (run(tmp_path / logger, f"logger={logger}") for logger in ("csv", "tensorboard"))
    assert (first["metrics"], first["config_hash"]) == (second["metrics"], second["config_hash"])
    assert first["overrides"] != second["overrides"]
    assert first["group"] == second["group"]


@pytest.mark.parametrize("logger", ["mlflow", "wandb"])
def test_a_logger_that_is_not_installed_is_one_line(logger: str, command: Command) -> None:
    if HERE[logger]:
        pytest.skip(f"{logger} is installed")
    done = command(*TRAIN, f"logger={logger}")
    package = {"mlflow": "mlflow-skinny"}.get(logger, logger)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: logger={logger} needs a package that is not here: .venv/bin/pip install {package}\n"
    )


def test_mlflow_keeps_a_run_in_a_local_store(command: Command, tmp_path: Path) -> None:
    if not HERE["mlflow"]:
        pytest.skip("needs MLflow: .venv/bin/pip install mlflow-skinny")
    done = command(*TRAIN, "logger=mlflow", PYTHONWARNINGS="ignore", PYTHONPATH=os.pathsep.join(_path()))
    assert done.returncode == 0, done.stderr
    (result,) = results_in(tmp_path)
    with sqlite3.connect(tmp_path / "outputs" / "mlflow.db") as store:
        params = dict(store.execute("select key, value from params"))
        metrics = dict(store.execute("select key, value from latest_metrics"))
        statuses = list(store.execute("select status from runs"))
    assert (params["model"], params["seed"]) == ("toy", "2")
    assert metrics["test/miss"] == pytest.approx(result["metrics"]["test/miss"], rel=1e-4)
    assert statuses == [("FINISHED",)]


def test_wandb_keeps_a_run_offline(command: Command, tmp_path: Path) -> None:
    if not HERE["wandb"]:
        pytest.skip("needs Weights & Biases: .venv/bin/pip install wandb")
    done = command(
        *TRAIN, "logger=wandb", "hydra.run.dir=run", PYTHONWARNINGS="ignore", PYTHONPATH=os.pathsep.join(_path())
    )
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "run" / "wandb").glob("offline-run-*/run-*.wandb")
    assert file.stat().st_size > 1000


def _path() -> list[str]:
    """Where this process finds its packages."""
    import sys

    return [entry for entry in sys.path if entry]
