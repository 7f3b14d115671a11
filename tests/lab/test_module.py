"""What the engine builds from a configuration, and what it says where that is not what it trains."""

from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn

from src.lab.config import check, compose
from src.lab.module import build_data, build_model, can_be_tested, extras
from tests.conftest import Command, results_in

from .running import run
from .toy import MANY, TOY
from .toy.data import ToyData
from .toy.module import Toy, ToyMany


class Untested(Toy):
    """Has no test."""

    test_step = LightningModule.test_step


class UntestedData(ToyData):
    """Has no test data."""

    test_dataloader = LightningDataModule.test_dataloader


class NotOne(nn.Module):
    """Takes whatever a module is made with, and is none."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__()


def test_the_class_is_made_with_its_own_arguments() -> None:
    cfg = compose(*TOY, "model.hidden=5", "model.dropout=0.25", "data.items=30")
    module, data = build_model(cfg, check(cfg)), build_data(cfg)
    assert isinstance(module, Toy) and isinstance(data, ToyData)
    assert module.net[0].out_features == 5
    assert module.net[2].p == 0.25
    assert data.items == 30
    assert module.make_optimizer(module.parameters()).param_groups[0]["lr"] == cfg.optimizer.lr


def test_a_module_beside_its_knobs_is_made_with_what_it_refers_to() -> None:
    cfg = compose(*TOY, "~model._target_", "~model.optimizer", "~model.dropout",
                  "+model.module={_target_: tests.lab.toy.module.Toy, optimizer: '${optimizer}', "
                  "hidden: '${model.hidden}'}")  # fmt: skip
    module = build_model(cfg, check(cfg))
    assert isinstance(module, Toy)
    assert module.net[0].out_features == cfg.model.hidden == 8


def test_most_modules_offer_nothing_beside_lightnings_own() -> None:
    cfg = compose(*TOY)
    offered = extras(build_model(cfg, check(cfg)))
    nothing = offered.network_metrics(), offered.network_epochs(), offered.stds(), offered.derived({"a": 1.0})
    assert nothing == (None, None, {}, {})
    cfg = compose(*MANY)
    many = build_model(cfg, check(cfg))
    assert isinstance(many, ToyMany) and extras(many) is many


@pytest.mark.parametrize(
    "chosen",
    [f"model._target_={__name__}.Untested", f"data._target_={__name__}.UntestedData", "tested=null"],
    ids=["module", "data", "asked"],
)
def test_what_has_no_test_is_trained_all_the_same(chosen: str, tmp_path: Path) -> None:
    cfg = compose(*TOY, chosen)
    assert can_be_tested(build_model(cfg, check(cfg)), build_data(cfg)) == (chosen == "tested=null")
    result = run(tmp_path, chosen)
    assert (result["status"], result["epochs"]) == ("completed", 2)
    assert set(result["metrics"]) == {"train/loss", "train/miss", "val/loss", "val/miss"}


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (f"model._target_={__name__}.NotOne", "model: NotOne is no LightningModule"),
        ("model._target_=torch.nn.Identity", "model: Identity is no LightningModule"),
        (f"data._target_={__name__}.NotOne", "data: NotOne is no LightningDataModule"),
        (f"model._target_={__name__}.Nothing", "Nothing"),
        ("model._target_=tests.lab.nowhere.Toy", "tests.lab.nowhere"),
        ("+model.hiden=3", "hiden"),
        ("~model.optimizer", "nothing uses the optimizer chosen"),
    ],
    ids=lambda value: value.rpartition(".")[2],
)
def test_what_can_not_be_made_is_one_line(chosen: str, said: str, here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY, chosen)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert said in done.stderr
    assert all(result["status"] == "failed" for result in results_in(tmp_path))


def test_a_module_written_for_the_other_name_of_lightning_is_one_line(
    here: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether that package is there or not."""
    program = "import lightning\n\nclass Mine(lightning.LightningModule):\n    def __init__(self, **arguments):\n"
    (tmp_path / "written_for_lightning.py").write_text(f"{program}        super().__init__()\n")
    monkeypatch.syspath_prepend(tmp_path)
    done = here("src.train", *TOY, "model._target_=written_for_lightning.Mine")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert "`lightning`" in line and "`pytorch_lightning`" in line and "the same by another name" in line
