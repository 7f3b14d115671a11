"""A hundred disk networks that are trained at once on a GPU have the weights that they have on a CPU."""

from pathlib import Path

import pytest
import torch

from src.lab.config import compose
from src.lab.train import run
from tests.gpu import DEVICES

from .small import weights

RUNS, EPOCHS = 100, 3  # rounding differs, and training amplifies it


def trained(folder: Path, trainer: str, epochs: int) -> list[torch.Tensor]:
    """The weights in the end; says how fast they were trained."""
    quiet = f"epochs={epochs}", "~logger.tensorboard", "figures=never"
    cfg = compose("model=disk_tanh", f"runs={RUNS}", f"trainer={trainer}", *quiet)
    cfg.job.folder = str(folder)
    result = run(cfg)
    seconds = result["seconds"]["fit"]
    print(f"disk_tanh, runs={RUNS}, on {result['device']}: {epochs} epochs in {seconds:.2f} s,", end=" ")
    print(f"{RUNS / seconds:.1f} networks a second")
    return weights(folder)


@pytest.mark.parametrize("trainer", DEVICES)
def test_weights_are_those_of_the_cpu_within_rounding(trainer: str, tmp_path: Path) -> None:
    here, there = trained(tmp_path / "here", "cpu", EPOCHS), trained(tmp_path / "there", trainer, EPOCHS)
    assert len(here) == len(there) > 0
    largest = max(float((a - b.cpu()).abs().max()) for a, b in zip(here, there, strict=True) if a.is_floating_point())
    print(f"largest difference of a weight: {largest:.1e}")
    for a, b in zip(here, there, strict=True):
        torch.testing.assert_close(a, b.cpu(), rtol=1e-3, atol=1e-4)


@pytest.mark.long
@pytest.mark.parametrize("trainer", DEVICES)
def test_as_many_epochs_as_a_study_has(trainer: str, tmp_path: Path) -> None:
    found = trained(tmp_path / "a", trainer, 25)
    assert all(torch.isfinite(each).all() for each in found)
    assert all(len(each.unique(dim=0)) == RUNS for each in found if each.ndim == 3), "each network its own"
