"""Every command of the README does what it says, in a fresh copy of the project, on less data."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Command
from tests.readme import commands, quickly, run, trained

README = ROOT / "README.md"
LARGE = ROOT / "src" / "lab" / "sweep" / "README.md"
SHOWN = ROOT / "src" / "experiments"
pytestmark = pytest.mark.skipif(
    not ((SHOWN / "pairs").is_dir() and (SHOWN / "disk").is_dir()),
    reason="the README shows the worked experiments, and one was taken out",
)

# What got us here, what never ends, and what the tests of other files do at length.
ELSEWHERE = ("source ", "make install", "make test", "make lint", "make dashboard", "make reproduce", "make bench")
COMMANDS = [line for line in commands(README) if not line.startswith(ELSEWHERE)]
PAIRS = [f"data.{part}_pairs=20" for part in ("train", "val", "test")]
DISK = [f"data.{part}_points=20" for part in ("train", "val", "test")]
SMALL = ["epochs=2", "data.batch_size=10", "figures=never"]
READS = "python -m src.train --", "--cfg job", "python -m src.report", "python -m src.new"  # and trains nothing


def small(line: str) -> list[str]:
    """What makes a command of this model short."""
    if "model=mine" in line:
        return SMALL[:1]
    return [*SMALL, *(DISK if "model=disk" in line else PAIRS)]


@pytest.mark.long
@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme(line: str, copy: Path, here: Command, tmp_path: Path) -> None:
    if "<run folder>" in line or "src.report" in line:
        folder = "outputs/runs/stopped"
        trained(quickly(f"python -m src.train model=basic hydra.run.dir={folder}", SMALL + PAIRS), tmp_path, here)
        line = line.replace("<run folder>", folder)
    reads = any(each in line for each in READS) or "resume=" in line
    quick = line if reads else quickly(line, small(line))
    if line.startswith("make") or "src.new" in line or "model=mine" in line:
        if "model=mine" in line and not (copy / "src/experiments/mine").exists():
            assert run("python -m src.new mine", copy).returncode == 0
        done = run(quick, copy)
    else:
        done = here(*shlex.split(quick)[2:])
    assert done.returncode == 0, f"{line}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
    assert done.stdout


@pytest.mark.long
def test_the_commands_for_a_large_study_one_after_the_other(here: Command, tmp_path: Path) -> None:
    for line in commands(LARGE):
        done = here(*shlex.split(quickly(line, small(line)))[2:]) if "python" in line else run(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
    study = tmp_path / "outputs" / "sweeps" / "study"
    assert len([*study.glob("*/result.json")]) == 4
    assert not [*study.rglob("*.ckpt")] and not [*study.glob("*/tensorboard")]
    assert len((tmp_path / "outputs" / "report" / "runs.csv").read_text().splitlines()) == 1 + 4
    swept = quickly(next(commands(LARGE)), small("model=basic"))
    assert here(*shlex.split(swept)[2:], "--dry-run").stdout.count(" done ") == 4, "without its checkpoints too"
    assert len([*(study.parent / "hundreds").glob("*/result.json")]) == 3


@pytest.mark.parametrize("line", [line for line in commands(README) if line.startswith("make ")])
def test_every_make_target_of_the_readme_exists(line: str) -> None:
    done = subprocess.run(["make", "--dry-run", *line.split()[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


OWN = '''"""What a reader has already."""

import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch.utils.data import DataLoader, TensorDataset


class Points(LightningDataModule):
    def __init__(self, seed, batch_size, num_workers):
        super().__init__()
        x = torch.randn(60, 2, generator=torch.Generator().manual_seed(seed))
        self.made = DataLoader(TensorDataset(x, (x[:, 0] > 0).long()), batch_size, num_workers=num_workers)

    def train_dataloader(self):
        return self.made

    val_dataloader = test_dataloader = train_dataloader


class Net(LightningModule):
    def __init__(self, hidden, optimizer):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(2, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 2))
        self.make = optimizer

    def step(self, batch, split):
        logits = self.net(batch[0])
        self.log(f"{split}/acc", (logits.argmax(1) == batch[1]).float().mean(), on_step=False, on_epoch=True)
        return torch.nn.functional.cross_entropy(logits, batch[1])

    def training_step(self, batch, i):
        return self.step(batch, "train")

    def validation_step(self, batch, i):
        self.step(batch, "val")

    def test_step(self, batch, i):
        self.step(batch, "test")

    def configure_optimizers(self):
        return self.make(self.parameters())
'''


def test_the_two_files_of_the_readme_take_in_a_class_as_it_is(copy: Path) -> None:
    for text in re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL):
        head, body = text.split("\n", 1)
        path = copy / head.removeprefix("# ").split()[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body.replace("my_package.data", "my_package").replace("my_package.module", "my_package"))
    (copy / "my_package.py").write_text(OWN)
    done = run("python -m src.train model=net epochs=3 -m model.hidden=4,8 seed=0,1 hydra.launcher.workers=1", copy)
    assert done.returncode == 0, done.stderr
    assert "· test acc 0." in done.stdout or "· test acc 1" in done.stdout
    assert any(verb in done.stdout for verb in ("beats", "equals", "is ahead of"))


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len(README.read_text().splitlines()) < 200
    assert len(LARGE.read_text().splitlines()) < 140
    assert len(COMMANDS) >= 15
