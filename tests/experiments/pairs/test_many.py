"""Runs of several networks at once, beside the runs of each alone."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from polars.testing import assert_frame_equal
from pytorch_lightning import Callback
from torch import nn

from src.experiments.pairs.module import PairsModule
from src.lab.config import compose
from src.lab.evaluate import evaluate
from src.lab.records.folder import RunFolder
from src.lab.records.results import Result
from src.lab.records.runs import load
from src.lab.report.report import Report
from src.lab.train import run as train
from tests.lab.running import check_second_diverged

from .test_runs import same, weights
from .tiny import TINY

DOUBLE = "+trainer.precision=64-true"
HARD = ["model=ws_aux_bn_dropout", "data/augment=affine", "data.folds=4", "data.fold=1"]  # all that is drawn by chance


def run(folder: Path, *overrides: str, callbacks: tuple[Callback, ...] = ()) -> Result:
    cfg = compose(*TINY, "trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return train(cfg, callbacks)


CASES = {
    "basic": ["model=basic"],
    "dropout": HARD,
    "best": ["model=best"],
    "resnet": ["model=resnet"],
    "one output, own initialisation": ["model=classic_bce", "data.train_pairs=41", "optimizer=momentum"],
    "the same data": ["model=ws_aux_dropout", "data.seed=9", "optimizer=adam", "optimizer.weight_decay=0.1"],
    "two nets, a schedule": ["model=digit_two_nets", "schedule=onecycle", "model.aux_schedule=linear"],
    "three nets": ["model=best_large"],
}


@pytest.mark.long(keep=4)
@pytest.mark.parametrize("case", CASES)
def test_each_network_is_the_network_of_its_own_seed(case: str, tmp_path: Path) -> None:
    settings = [*CASES[case], DOUBLE, "epochs=5"]
    together = run(tmp_path / "all", *settings, "seed=3", "runs=3")
    assert [each["seed"] for each in together["runs"]] == [3, 4, 5]
    for r, network in enumerate(together["runs"]):
        alone = run(tmp_path / str(r), *settings, f"seed={3 + r}")
        assert network["metrics"] == pytest.approx(alone["metrics"], abs=1e-9)
        assert network["metrics"].keys() == alone["metrics"].keys()
        assert (network["epochs"], together["parameters"]) == (alone["epochs"], alone["parameters"])
        states = weights(tmp_path / "all"), weights(tmp_path / str(r))
        for many, one in zip(*(state.values() for state in states), strict=True):
            torch.testing.assert_close(many.chunk(3)[r] if many.dim() else many, one, rtol=0, atol=1e-9)


def test_metrics_are_means_and_the_stds_stand_beside_them(tmp_path: Path) -> None:
    result = run(tmp_path, "model=basic", "runs=3")
    for name, mean in result["metrics"].items():
        assert mean == pytest.approx(np.mean([each["metrics"][name] for each in result["runs"]]), rel=1e-4)
    *_, last = csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines())
    for name in "train/loss", "train/error", "val/loss", "val/error":
        own = [each["metrics"][name] for each in result["runs"]]
        assert float(last[f"std {name}"]) == pytest.approx(np.std(own, ddof=1), rel=1e-4)


@pytest.mark.parametrize("settings", [HARD, ["model=best", "schedule=constant"]], ids=["dropout", "best"])
def test_a_resumed_run_equals_one_that_was_never_stopped(settings: list[str], tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", *settings, "runs=2", "epochs=4")
    run(tmp_path / "part", *settings, "runs=2", "epochs=2")
    resumed = run(tmp_path / "part", *settings, "runs=2", "epochs=4", f"resume={tmp_path / 'part'}")
    assert (resumed["metrics"], resumed["runs"]) == (whole["metrics"], whole["runs"])
    assert same(weights(tmp_path / "part"), weights(tmp_path / "whole"))
    assert (tmp_path / "part" / "metrics.csv").read_text() == (tmp_path / "whole" / "metrics.csv").read_text()
    again = run(tmp_path / "part", *settings, "runs=2", "epochs=4", f"resume={tmp_path / 'part'}")
    assert (again["metrics"], again["runs"]) == (whole["metrics"], whole["runs"])


def test_a_report_over_networks_trained_at_once_is_that_over_their_seeds(tmp_path: Path) -> None:
    sizes = ["data.test_pairs=200", DOUBLE]
    for model in "basic", "ws_aux_bn_dropout":
        run(tmp_path / "once" / model, f"model={model}", *sizes, "runs=4")
        for seed in range(4):
            run(tmp_path / "alone" / f"{model}{seed}", f"model={model}", *sizes, f"seed={seed}")
    once, alone = (Report(load([tmp_path / way]), baseline="basic") for way in ("once", "alone"))
    assert once.summary["n"].to_list() == [4, 4]
    differ = pl.selectors.contains("seconds")
    for mine, theirs in (once.summary, alone.summary), (once.differences, alone.differences):
        assert_frame_equal(mine.drop(differ), theirs.drop(differ), rel_tol=1e-6, abs_tol=1e-9)
    both = load([tmp_path])
    assert len(both) == 8, "the same seeds of the same groups"


def test_what_is_evaluated_again_has_the_same_figures(tmp_path: Path) -> None:
    (tmp_path / ".hydra").mkdir()
    settings = ["model=best", "schedule=constant", "callbacks=best", "runs=3", "data.folds=4", "data.fold=1"]
    cfg = compose(*TINY, "trainer=cpu", *settings, f"hydra.run.dir={tmp_path}")
    RunFolder(tmp_path).record(cfg)
    result = train(cfg)
    metrics = evaluate(tmp_path)
    assert metrics == {name: value for name, value in result["metrics"].items() if name.startswith("test/")}
    assert evaluate(tmp_path / "checkpoints" / "best.ckpt") == metrics
    assert evaluate(tmp_path, "data.test_pairs=100") != metrics


class BadStart(Callback):
    """One of the networks begins with a weight that is not finite."""

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        with torch.no_grad():
            next(pl_module.parameters()).chunk(3)[1].fill_(math.inf)


@pytest.mark.parametrize("model", ["basic", "ws_aux_bn_dropout"])
def test_a_network_that_diverges_leaves_the_others_alone(model: str, tmp_path: Path) -> None:
    healthy = run(tmp_path / "healthy", f"model={model}", "runs=3")
    result = run(tmp_path / "sick", f"model={model}", "runs=3", callbacks=(BadStart(),))
    check_second_diverged(result, healthy)


def test_where_all_diverge_the_run_fails_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=r"diverged: .*; try a smaller learning rate"):
        run(tmp_path, "model=basic", "runs=2", "optimizer=sgd", "optimizer.lr=1e30")
    assert json.loads((tmp_path / "result.json").read_text())["status"] == "failed"


@pytest.mark.parametrize("debug", ["fdr", "limit", "overfit"])
def test_debug_configurations_run(debug: str, tmp_path: Path) -> None:
    assert run(tmp_path, f"debug={debug}", "epochs=3", "model=basic", "runs=2")["status"] == "completed"


class OwnModule(PairsModule):
    """A module that may do anything."""


class OwnLayer(nn.Linear):
    """A layer likewise."""

    def __init__(self, in_channels: int, out_features: int) -> None:
        super().__init__(in_channels, out_features)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([f"model.module._target_={__name__}.OwnModule"], r"runs=2: the networks of a OwnModule are trained alone"),
        ([f"model.network.net._target_={__name__}.OwnLayer"], "this network has a OwnLayer, which is trained alone"),
    ],
    ids=["module", "layer"],
)
def test_what_can_only_be_trained_alone_is_refused_in_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        run(tmp_path, "model=basic", "runs=2", *arguments)
    assert "\n" not in str(refused.value)
    assert json.loads((tmp_path / "result.json").read_text())["status"] == "failed"
