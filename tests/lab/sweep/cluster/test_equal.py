"""Sweeps on a real Slurm of two nodes are those of this machine."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.conftest import results_in
from tests.lab.sweep.misfortune import SLOW, UNLUCKY
from tests.lab.sweep.process import outcomes, start

from .conftest import Slurm
from .sweeping import left_over, start_on

pytestmark = pytest.mark.long
MANY = ["model=toy,toy_wide", "-m", "seed=range(10)", "epochs=4", "model.dropout=0.2"]
BROKEN = ["hydra.launcher.memory=500MB", "hydra.launcher.prologue=['exit 3']"]


def told_alike(first: Path, second: Path) -> bool:
    """Whether two sweeps have the same results, but for when and where."""
    apart = {"seconds", "processor"}
    found = [
        {(r["model"], r["seed"]): {key: r[key] for key in r.keys() - apart} for r in results_in(folder)}
        for folder in (first, second)
    ]
    return found[0] == found[1]


def _beyond_this_host() -> str:
    """A network interface by which others would reach this machine."""
    import psutil

    for name, addresses in psutil.net_if_addrs().items():
        if any(each.family == socket.AF_INET and not each.address.startswith("127.") for each in addresses):
            return str(name)
    pytest.skip("there is no network but this machine's own")


def test_a_sweep_on_slurm_equals_the_local_one_and_is_encrypted(slurm: Slurm, tmp_path: Path) -> None:
    local = start(tmp_path, *MANY, UNLUCKY, "hydra.sweep.dir=local")
    said, _ = local.communicate()
    assert local.returncode == 1, said
    place = tmp_path / "cluster"
    place.mkdir()
    beyond = ["hydra.launcher.memory=500MB", f"hydra.launcher.interface={_beyond_this_host()}"]
    sweep = start_on(slurm.env, place, *MANY, UNLUCKY, "hydra/launcher=slurm", *beyond)
    said, _ = sweep.communicate(timeout=240)
    assert sweep.returncode == 1
    assert "asked slurm for 2 jobs" in said
    assert len(results_in(place)) == 20
    assert told_alike(tmp_path / "local", place / "sweep")
    assert outcomes(tmp_path / "local") == outcomes(place / "sweep")
    logs = "".join(path.read_text() for path in (place / "sweep" / ".cluster").glob("*.err"))
    assert "tls://" in logs and "tcp://" not in logs
    assert not list((place / "sweep" / ".cluster").glob(".dask-jobqueue*")), "the keys are gone"
    assert slurm.is_idle()
    assert left_over(place) == []


def test_what_slurm_refuses_is_said_in_a_line(slurm: Slurm, tmp_path: Path) -> None:
    sweep = start_on(slurm.env, tmp_path, *MANY, "hydra/launcher=slurm", "hydra.launcher.partition=none")
    said, _ = sweep.communicate(timeout=60)
    assert sweep.returncode == 1
    assert "error: slurm refused: sbatch: error: invalid partition specified: none" in said
    assert "Traceback" not in said


def test_allocations_that_end_before_they_begin_are_not_asked_for_without_end(slurm: Slurm, tmp_path: Path) -> None:
    sweep = start_on(slurm.env, tmp_path, *MANY, "hydra/launcher=slurm", *BROKEN)
    said, _ = sweep.communicate(timeout=120)
    assert sweep.returncode == 1
    assert "jobs of slurm ended before they could begin: " in said.splitlines()[-1]
    assert "Traceback" not in said
    assert slurm.is_idle()
    assert left_over(tmp_path) == []


def test_an_allocation_that_runs_out_of_time_is_followed_by_another(slurm: Slurm, tmp_path: Path) -> None:
    once = ["-m", "seed=1", "epochs=100", "checkpoint.every=2", "model.dropout=0.2"]
    local = start(tmp_path, *once, "hydra.sweep.dir=local")
    said, _ = local.communicate()
    place = tmp_path / "cluster"
    place.mkdir()
    limits = ["hydra.launcher.walltime='0:01:00'", "hydra.launcher.memory=500MB"]
    sweep = start_on(slurm.env, place, *once, SLOW % 1.0, "hydra/launcher=slurm", *limits)
    said, _ = sweep.communicate(timeout=400)
    assert sweep.returncode == 0, said
    assert said.count("goes on elsewhere") >= 1
    found = [metrics for _, metrics, _ in [*outcomes(tmp_path / "local").values(), *outcomes(place).values()]]
    assert found[0] == found[1]
    assert slurm.is_idle()
    assert left_over(place) == []
