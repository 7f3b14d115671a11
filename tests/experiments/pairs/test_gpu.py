"""Pairs networks that are trained on a GPU are as good as those that are trained on a CPU."""

import math
from pathlib import Path
from statistics import mean, stdev

import pytest

from src.lab.config import compose
from src.lab.train import run
from tests.gpu import DEVICES

SEEDS, EPOCHS = 4, 4
QUIET = f"epochs={EPOCHS}", "~logger.tensorboard", "figures=never"
FAR = 4  # standard errors: between two CPUs as many, one time in a few hundred


def errors(folder: Path, model: str, trainer: str) -> list[float]:
    """The test errors of some seeds; says how fast they were trained."""
    cfgs = [compose(f"model={model}", f"seed={seed}", f"trainer={trainer}", *QUIET) for seed in range(SEEDS)]
    for cfg in cfgs:
        cfg.job.folder = str(folder / f"{trainer}_{cfg.seed}")
    results = [run(cfg) for cfg in cfgs]
    seconds = mean(result["seconds"]["fit"] for result in results[1:])  # the first starts the device
    found = [result["metrics"]["test/error"] for result in results]
    print(
        f"{model} on {results[0]['device']}: test error {mean(found):.2f} ± {stdev(found):.2f} %,"
        f" {seconds:.2f} s for {EPOCHS} epochs, {1 / seconds:.2f} networks a second"
    )
    return found


@pytest.mark.long
@pytest.mark.parametrize("trainer", DEVICES)
@pytest.mark.parametrize("model", ["basic", "ws_aux_bn_dropout"])
def test_errors_are_those_of_the_cpu_within_the_spread_of_seeds(model: str, trainer: str, tmp_path: Path) -> None:
    here, there = errors(tmp_path, model, "cpu"), errors(tmp_path / "again", model, trainer)
    error = math.sqrt((stdev(here) ** 2 + stdev(there) ** 2) / SEEDS)
    assert abs(mean(here) - mean(there)) < FAR * error
    assert (here == there) or trainer != "cpu", "the same seeds on the same machine"
