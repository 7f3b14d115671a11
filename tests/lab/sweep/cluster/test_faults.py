"""Sweeps on a real Slurm of two nodes to which something happens: they come to the same end as a local one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import results_in
from tests.lab.running import same_end
from tests.lab.sweep.process import begun, outcomes, start

from .conftest import Slurm
from .sweeping import LONG, left_over, processes, start_on, wait_for

pytestmark = pytest.mark.long
ON_SLURM = ["hydra/launcher=slurm", "hydra.launcher.memory=500MB"]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sweep on this machine, to which nothing happens."""
    place = tmp_path_factory.mktemp("local")
    sweep = start(place, *LONG, "hydra.sweep.dir=sweep")
    said, _ = sweep.communicate()
    assert sweep.returncode == 0, said
    return place / "sweep"


def agents(place: Path) -> list[int]:
    return [
        pid for pid, command in processes(place).items() if "cluster.allocation" in command and "bash" not in command
    ]


def child(place: Path) -> int:
    """A process that runs a job: what it is forked from belongs to a `holder`."""
    found = processes(place)
    holders = {pid for pid, command in found.items() if "cluster.holder" in command}
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in found}
    return next(pid for pid, parent in parents.items() if parents.get(parent) in holders)


def kill_agent(slurm: Slurm, place: Path) -> None:
    os.kill(agents(place)[0], signal.SIGKILL)


def cancel(slurm: Slurm, place: Path) -> None:
    slurm("scancel", slurm.running()[0])


def preempt(slurm: Slurm, place: Path) -> None:
    slurm("sbatch", "--partition=urgent", "--output=/dev/null", "--chdir=/", "--wrap=sleep 8")


def take_node_down(slurm: Slurm, place: Path) -> None:
    """All of an allocation's processes at once, without a word."""
    (found,) = {os.getsid(agents(place)[0])}
    group = [pid for pid in processes(place) if f"SLURM_JOB_ID={_job(agents(place)[0])}" in _environment(pid)]
    assert found and len(group) > 2
    for pid in group:
        os.kill(pid, signal.SIGKILL)


def _environment(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


def _job(pid: int) -> str:
    return next(line for line in _environment(pid) if line.startswith("SLURM_JOB_ID=")).partition("=")[2]


@pytest.mark.parametrize("fault", [kill_agent, cancel, preempt, take_node_down])
def test_a_run_whose_allocation_ends_goes_on_elsewhere(
    fault: Callable[[Slurm, Path], None], slurm: Slurm, local: Path, tmp_path: Path
) -> None:
    began = time.monotonic()
    sweep = start_on(slurm.env, tmp_path, *ON_SLURM, *LONG)
    wait_for(sweep, tmp_path, runs=2)
    fault(slurm, tmp_path)
    said, _ = sweep.communicate(timeout=240)
    print(f"{fault.__name__}: {time.monotonic() - began:.0f} s\n{said}")
    assert sweep.returncode == 0, said
    assert said.count("goes on elsewhere") == 1
    assert outcomes(tmp_path / "sweep") == outcomes(local)
    for one in local.rglob("metrics.csv"):
        assert same_end(one.parent, tmp_path / "sweep" / one.parent.name)
    assert slurm.is_idle()
    assert left_over(tmp_path) == []


def test_a_run_that_dies_by_itself_is_a_row_and_not_tried_again(slurm: Slurm, local: Path, tmp_path: Path) -> None:
    sweep = start_on(slurm.env, tmp_path, *ON_SLURM, *LONG)
    wait_for(sweep, tmp_path, runs=2)
    os.kill(child(tmp_path), signal.SIGKILL)
    said, _ = sweep.communicate(timeout=240)
    assert sweep.returncode == 1
    assert "goes on elsewhere" not in said
    (failed,) = [result for result in results_in(tmp_path / "sweep") if result["status"] == "failed"]
    assert failed["error"] == "its process was killed by SIGKILL (out of memory?)"
    expected = outcomes(local)
    del expected[failed["model"], failed["seed"]]
    assert {key: found for key, found in outcomes(tmp_path / "sweep").items() if key in expected} == expected
    assert slurm.is_idle()
    assert left_over(tmp_path) == []


def test_the_parent_killed_leaves_nothing_and_the_same_command_goes_on(
    slurm: Slurm, local: Path, tmp_path: Path
) -> None:
    sweep = start_on(slurm.env, tmp_path, *ON_SLURM, *LONG, stdout=subprocess.DEVNULL)
    wait_for(sweep, tmp_path, runs=2)
    interrupted = {run.name for run in begun(tmp_path / "sweep")}
    sweep.kill()
    sweep.wait()
    assert slurm.is_idle(20)
    assert left_over(tmp_path) == []
    assert interrupted <= {path.parent.parent.name for path in (tmp_path / "sweep").rglob("last.ckpt")}
    sweep = start_on(slurm.env, tmp_path, *ON_SLURM, *LONG)
    said, _ = sweep.communicate(timeout=240)
    assert sweep.returncode == 0, said
    assert outcomes(tmp_path / "sweep") == outcomes(local)
    for one in local.rglob("metrics.csv"):
        assert same_end(one.parent, tmp_path / "sweep" / one.parent.name)
    assert slurm.is_idle()
    assert left_over(tmp_path) == []


def test_ctrl_c_ends_as_locally(slurm: Slurm, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # as on a terminal: what starts in the background ignores it
    sweep = start_on(slurm.env, tmp_path, *ON_SLURM, *LONG)
    signal.signal(signal.SIGINT, before)
    wait_for(sweep, tmp_path, runs=2)
    sweep.send_signal(signal.SIGINT)
    said, _ = sweep.communicate(timeout=60)
    assert sweep.returncode == 130, said
    assert "2 more, not begun" in said and "Traceback" not in said
    found = results_in(tmp_path / "sweep")
    assert [result["status"] for result in found] == ["interrupted"] * 2
    assert all(result["error"].startswith("Stopped: by SIGINT after") for result in found)
    assert slurm.is_idle()
    assert left_over(tmp_path) == []
