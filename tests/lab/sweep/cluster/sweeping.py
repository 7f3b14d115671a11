"""Sweeps on a cluster, as processes that leave traces only in their folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.lab.sweep.misfortune import SLOW
from tests.lab.sweep.process import begun, start

LONG = ["-m", "seed=range(4)", "epochs=60", "checkpoint.every=2", "model.dropout=0.2", SLOW % 0.1]


def start_on(env: dict[str, str], place: Path, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
    """The sweep, with a home and a temporary folder of its own, at `place/sweep`."""
    for name in "home", "tmp":
        (place / name).mkdir(exist_ok=True)
    own = {"HOME": str(place / "home"), "TMPDIR": str(place / "tmp"), "MPLCONFIGDIR": tempfile.gettempdir()}
    return start(place, *arguments, "hydra.sweep.dir=sweep", env=env | own, **settings)


def wait_for(sweep: subprocess.Popen[str], place: Path, runs: int) -> None:
    """Until so many runs are in the middle."""
    deadline = time.monotonic() + 120
    while len(begun(place / "sweep")) < runs:
        assert sweep.poll() is None, sweep.communicate()[0]
        assert time.monotonic() < deadline, "no run has begun"
        time.sleep(0.05)


def processes(place: Path) -> dict[int, str]:
    """The processes at work in a folder, with their commands."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").resolve().is_relative_to(place):
                command = (entry / "cmdline").read_text().replace("\0", " ")
                if int(entry.name) != os.getpid() and command:
                    found[int(entry.name)] = command
        except OSError:
            continue
    return found


def left_over(place: Path, seconds: float = 30) -> list[str]:
    """What a sweep has left but for its folder: processes, after so many seconds at most, and files elsewhere."""
    deadline = time.monotonic() + seconds
    while (left := processes(place)) and time.monotonic() < deadline:
        time.sleep(0.2)
    files = [str(path) for name in ("home", "tmp") for path in (place / name).rglob("*") if path.is_file()]
    beside = {path.name for path in place.iterdir()} - {"sweep", "home", "tmp"}
    return [*left.values(), *files, *beside]
