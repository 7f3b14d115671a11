"""Sweeps on the workers of a scheduler of dask's that runs already, as their users start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Command, results_in
from tests.lab.sweep.misfortune import SLOW
from tests.lab.sweep.process import SWEEP, outcomes, start
from tests.lab.sweep.test_devices import SEES, TWO, machine

from .conftest import needs_dask
from .sweeping import LONG, left_over, processes, start_on, wait_for

ENV = {"DASK_CONFIG": os.devnull}


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a scheduler listens that has a worker with one thread, and another with two."""
    needs_dask()
    place = tmp_path_factory.mktemp("dask")
    told = place / "scheduler.json"
    common = {"cwd": place, "env": os.environ | ENV, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    call = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    running = [subprocess.Popen([*call, "--no-dashboard", "--scheduler-file", told], **common)]
    deadline = time.monotonic() + 60
    while not told.is_file() and time.monotonic() < deadline:
        time.sleep(0.1)
    work = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", told]
    running += [subprocess.Popen([*work, "--no-dashboard", "--nthreads", each], **common) for each in ("1", "2")]
    yield json.loads(told.read_text())["address"]
    for process in reversed(running):
        process.terminate()
    for process in running:
        process.wait(30)


@pytest.mark.long
def test_a_sweep_equals_the_local_one_though_a_worker_dies_and_the_parent(address: str, tmp_path: Path) -> None:
    local = start(tmp_path, *LONG, "hydra.sweep.dir=local")
    place = tmp_path / "cluster"
    place.mkdir()
    there = ["hydra/launcher=dask", f"dask.scheduler={address}"]
    sweep = start_on(ENV, place, *LONG, *there, stdout=subprocess.DEVNULL)
    wait_for(sweep, place, runs=3)
    sweep.kill()
    sweep.wait()
    deadline = time.monotonic() + 60
    while len(stopped := results_in(place)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [result["status"] for result in stopped] == ["interrupted"] * 3, "what runs for nobody is stopped"
    sweep = start_on(ENV, place, *LONG, *there)
    wait_for(sweep, place, runs=2)
    holder = next(pid for pid, command in processes(place).items() if "cluster.holder" in command)
    os.kill(int(Path(f"/proc/{holder}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)  # its agent
    said, _ = sweep.communicate(timeout=240)
    assert sweep.returncode == 0, said
    assert "Traceback" not in said
    assert local.communicate()[0] and local.returncode == 0
    assert outcomes(tmp_path / "local") == outcomes(place / "sweep")
    assert [each for each in left_over(place, 90) if "spawn_main" not in each] == []


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("dask.scheduler=None won't do: it should be an address such as tcp://node:8786", []),
        ("dask.scheduler=node:8786 won't do", ["dask.scheduler=node:8786"]),
        ("no scheduler of dask's answers at tcp://127.0.0.1:9", ["dask.scheduler=tcp://127.0.0.1:9"]),
    ],
)
def test_a_scheduler_that_is_none_is_said_in_a_line(
    said: str, arguments: list[str], command: Command, tmp_path: Path
) -> None:
    needs_dask()
    done = command(*SWEEP, "-m", "seed=0,1", "hydra/launcher=dask", *arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"error: {said}")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.yaml")), "nothing is left of it"


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path / "bin", TWO)


@pytest.mark.long
def test_the_runs_of_a_worker_see_different_gpus(two_gpus: None, address: str, tmp_path: Path) -> None:
    place = tmp_path / "cluster"
    place.mkdir()
    there = ["hydra/launcher=dask", f"dask.scheduler={address}", "trainer=auto", "-m", "seed=range(9)", SEES]
    said, _ = start_on(ENV, place, *there, SLOW % 0.3).communicate(timeout=240)
    seen = [json.loads(path.read_text()) for path in place.glob("sweep/*/sees.json")]
    assert len(seen) == 9, said
    of_process = {process: gpu for gpu, process in seen}
    assert all(of_process[process] == gpu for gpu, process in seen)
    assert sorted(of_process.values()) == ["GPU-a", "GPU-a", "GPU-b"], "one with a thread, and one with two"
