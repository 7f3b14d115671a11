"""Sweeps of the toy experiment as processes that can be watched and killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, results_in
from tests.lab.toy import TOY

SWEEP = ["src.train", *TOY]
ONE = "hydra.launcher.workers=1"  # where it is not the point that there are several


def start(folder: Path, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
    """The command, at work in the folder."""
    env = {k: v for k, v in os.environ.items() if k != "HYDRA_FULL_ERROR"} | {"PYTHONPATH": str(ROOT)}
    env |= settings.pop("env", {})
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | settings
    return subprocess.Popen([sys.executable, "-m", *SWEEP, *arguments], cwd=folder, env=env, **streams)


def outcomes(folder: Path) -> dict[tuple[str, int], Any]:
    """By model and seed, what has come of the runs below the folder."""
    return {(r["model"], r["seed"]): (r["status"], r["metrics"], r["epochs"]) for r in results_in(folder)}


def begun(folder: Path) -> list[Path]:
    """The runs that have a checkpoint to go on from, and no result."""
    found = [path.parent.parent for path in folder.rglob("last.ckpt")]
    return [run for run in found if not (run / "result.json").exists()]


def workers(parent: int) -> list[int]:
    """The processes of a sweep that run its jobs: children of the one that it forks them from."""
    return [pid for child in children(parent) for pid in children(child)]


def children(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    return [int(pid) for pid in listed.split()]
