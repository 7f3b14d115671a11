"""Pairs models in several real processes, held to the same run in one, in float64."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from src.lab.evaluate import evaluate
from src.lab.records.results import Result

from .test_runs import run, weights

IN_DOUBLE = "+trainer.precision=64-true"
ROUNDING = 1e-9  # of weights of the order of one: what float64 leaves of a few dozen steps


def in_ranks(folder: Path, world: int, *overrides: str) -> Result:
    return run(folder, "trainer=ddp", "trainer.accelerator=cpu", f"trainer.devices={world}", IN_DOUBLE, *overrides)


def check_alike(folder: Path, world: int, *overrides: str) -> None:
    """The weights, running statistics and metrics, also those of each epoch, are those of one process."""
    alone = run(folder / "alone", IN_DOUBLE, *overrides)
    together = in_ranks(folder / "together", world, *overrides)
    assert together["metrics"] == pytest.approx(alone["metrics"], rel=1e-5), "six digits are written"
    assert (together["epochs"], together["tested_on"]) == (alone["epochs"], alone["tested_on"])
    expected, found = weights(folder / "alone"), weights(folder / "together")
    assert found.keys() == expected.keys()
    for name, value in found.items():
        assert torch.allclose(value, expected[name], rtol=0, atol=ROUNDING), name
    curves = [(folder / each / "metrics.csv").read_text().splitlines() for each in ("alone", "together")]
    for one, other in zip(*curves, strict=True):
        assert one == other or [*map(float, other.split(","))] == pytest.approx([*map(float, one.split(","))], rel=1e-5)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("world", "arguments"),
    [
        (2, ["model=ws_aux_bn_dropout", "data.train_pairs=45"]),  # batches of 20, 20 and 5: an odd one
        (2, ["model=basic"]),
        (3, ["model=ws_aux_bn_dropout", "data/augment=affine", "data.val_pairs=2"]),  # 20 in three, 2 in three
        (4, ["model=ws_aux_bn_dropout", "data.batch_size=3", "data.train_pairs=25", "data.test_pairs=1"]),
        (3, ["model=best", "epochs=3"]),
        (4, ["model=basic", "data.batch_size=7", "data.folds=3", "data.fold=1"]),
        (2, ["model=resnet", "data.train_pairs=30"]),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, list) else str(each),
)
def test_several_processes_train_what_one_trains(world: int, arguments: list[str], tmp_path: Path) -> None:
    check_alike(tmp_path, world, *arguments)


@pytest.mark.long
def test_what_several_processes_trained_is_tested_again_and_gone_on_with_by_one(tmp_path: Path) -> None:
    arguments = ["model=ws_aux_bn_dropout", "schedule=constant"]
    trained = in_ranks(tmp_path / "together", 2, *arguments)
    assert evaluate(tmp_path / "together") == {
        name: value for name, value in trained["metrics"].items() if name.startswith("test/")
    }
    run(tmp_path / "alone", IN_DOUBLE, *arguments)
    for each in "together", "alone":
        run(tmp_path / each, IN_DOUBLE, *arguments, f"resume={tmp_path / each}", "epochs=4")
    found, expected = weights(tmp_path / "together"), weights(tmp_path / "alone")
    assert all(torch.allclose(found[name], expected[name], rtol=0, atol=ROUNDING) for name in expected)
