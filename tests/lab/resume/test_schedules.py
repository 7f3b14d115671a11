"""Schedules that keep a length: a run with such a one goes on, but not for longer."""

from pathlib import Path
from typing import Any

import pytest
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from src.lab.config import compose
from src.lab.resume import resume
from tests.lab.running import BREAKS, MENDED, contents, run, same_end
from tests.lab.toy.module import Toy


def go_on(folder: Path, *given: str) -> None:
    run(folder, f"resume={folder}", *given)


class OneCycle(Toy):
    """Its schedule takes the length of the training from the trainer."""

    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer(self.parameters())
        steps = int(self.trainer.estimated_stepping_batches)
        return [optimizer], [{"scheduler": OneCycleLR(optimizer, 0.5, steps), "interval": "step"}]


class Cosine(OneCycle):
    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer(self.parameters())
        return [optimizer], [CosineAnnealingLR(optimizer, T_max=self.trainer.max_epochs)]


@pytest.mark.parametrize("module", [OneCycle, Cosine])
def test_a_schedule_of_a_users_own_that_follows_the_epochs_is_not_bent(module: type, tmp_path: Path) -> None:
    own = f"model._target_={__name__}.{module.__name__}"
    run(tmp_path / "whole", own, "epochs=4")
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "run", own, "epochs=4", "checkpoint.every=1", BREAKS % 2)
    go_on(tmp_path / "run", MENDED)
    assert same_end(tmp_path / "run", tmp_path / "whole")
    before = contents(tmp_path / "run")
    with pytest.raises(ValueError, match=r"schedule of this run can't go on with other epochs \(.*, was .*: train it"):
        go_on(tmp_path / "run", "epochs=8")
    after = contents(tmp_path / "run")
    assert {name: after[name] for name in before} == before
    assert resume.is_complete(compose(f"resume={tmp_path / 'run'}"))


@pytest.mark.parametrize("key", ["schedule.T_max", "schedule.eta_min"])
def test_nor_is_one_of_the_configuration(key: str, tmp_path: Path) -> None:
    chosen = ["~schedule", "+schedule._target_=torch.optim.lr_scheduler.CosineAnnealingLR", "+schedule._partial_=true"]
    other = {"schedule.T_max": "schedule.eta_min=0.01", "schedule.eta_min": "schedule.T_max=5"}[key]
    run(tmp_path, *chosen, f"+{key}=${{epochs}}", f"+{other}")
    before = contents(tmp_path)
    with pytest.raises(ValueError, match=rf"can't go on with other epochs \({key.partition('.')[2]}=4, was 2\)"):
        go_on(tmp_path, "epochs=4")
    after = contents(tmp_path)
    assert {name: after[name] for name in before} == before
