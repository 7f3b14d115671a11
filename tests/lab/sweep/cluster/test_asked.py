"""What is asked of queueing systems: the job scripts that dask_jobqueue makes of the launchers' options."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from hydra.utils import instantiate
from omegaconf import DictConfig

from src.lab import config
from src.lab.places import CONF, ROOT
from tests.conftest import Command
from tests.lab.sweep.process import SWEEP
from tests.lab.toy import TOY

from .conftest import needs_dask

ALL = [
    "jobs=3", "cores=4", "memory=8GB", "walltime='2:30:00'", "partition=short", "account=lab",
    "directives=['--exclusive']", "prologue=[module load cuda]", "interface=lo",
]  # fmt: skip
EXPECTED = {
    "slurm": [
        "-p short", "-A lab", "--cpus-per-task=4", "--mem=8G", "-t 2:30:00", "--no-requeue", "--gres=gpu:1",
        "--exclusive",
    ],
    "pbs": ["-q short", "-A lab", "-l select=1:ncpus=4:mem=8GB:ngpus=1", "-l walltime=2:30:00", "--exclusive"],
    "sge": ["-q short", "-P lab", "-l h_rt=2:30:00", "-l gpu=1", "--exclusive"],
    "lsf": ["-q short", '-P "lab"', "-n 4", "-M 8000000", "-W 2:30", "-gpu num=1", "--exclusive"],
}  # fmt: skip
GRES = {"slurm": "gpu:1", "pbs": "ngpus=1", "sge": "gpu=1", "lsf": "num=1"}
SIGN = {"slurm": "#SBATCH", "pbs": "#PBS", "sge": "#$", "lsf": "#BSUB"}


def composed(system: str, folder: Path, *options: str) -> DictConfig:
    assert config.compose  # importing it lets Hydra find the launchers
    with initialize_config_dir(str(CONF), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        said = [*TOY, f"hydra/launcher={system}", f"hydra.sweep.dir={folder}"]
        return loader.load_configuration(
            "config", [*said, *[f"hydra.launcher.{each}" for each in options]], RunMode.MULTIRUN
        )


@pytest.mark.filterwarnings("ignore")  # of dask's
@pytest.mark.parametrize("system", EXPECTED)
def test_the_job_script_says_what_the_options_do(system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_dask()
    for command in "sbatch", "qsub", "bsub", "lsid":
        (tmp_path / command).write_text("#!/bin/sh\n")
        (tmp_path / command).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    launcher = instantiate(composed(system, tmp_path / "sweep", *ALL, f"gres='{GRES[system]}'").hydra.launcher)
    cluster = launcher.place.composed()
    try:
        script = cluster.job_script()
    finally:
        cluster.close()
    header = [line.removeprefix(SIGN[system]).strip() for line in script.splitlines() if line.startswith(SIGN[system])]
    assert set(EXPECTED[system]) <= set(header), script
    *_, prologue, last = [line for line in script.splitlines() if line.strip()]
    assert prologue == "module load cuda"
    assert last.startswith(f"{sys.executable} -m src.lab.sweep.cluster.allocation tcp://127.0.0.1:")
    assert "--nthreads 4 " in last
    assert f"export PYTHONPATH={ROOT}" in script


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("jobs=0", "jobs=0 won't do: it should be a whole number from 1"),
        ("cores=many", "cores=many won't do"),
        ("memory=4", "memory=4 won't do: it should be an amount such as 4GB"),
        ("walltime=soon", "walltime=soon won't do: it should be a time such as 1:30:00"),
        ("prologue=true", "prologue=True won't do: it should be a list of lines"),
        ("partition=3", "partition=3 won't do: it should be a name"),
    ],
)
def test_an_option_that_won_t_do_is_said_in_a_line(option: str, said: str, here: Command) -> None:
    done = here(*SWEEP, "-m", "seed=0,1", "hydra/launcher=slurm", f"hydra.launcher.{option}")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: hydra.launcher.{said}")


def test_a_machine_without_slurm_is_said_in_a_line(here: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_dask()
    monkeypatch.setenv("PATH", "/nowhere")
    done = here(*SWEEP, "-m", "seed=0,1", "hydra/launcher=slurm")
    assert done.returncode == 1
    assert done.stderr == "error: hydra/launcher=slurm needs sbatch, which is not here\n"


def test_packages_that_are_missing_are_named(here: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.lab.sweep.cluster.engine.find_spec", lambda module: None)
    done = here(*SWEEP, "-m", "seed=0,1", "hydra/launcher=pbs")
    assert done.returncode == 1
    assert done.stderr.endswith("pip install distributed dask-jobqueue cryptography\n")
