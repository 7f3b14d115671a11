"""A real Slurm of two nodes, begun for the tests that ask for it, and what a sweep on it may leave behind."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from filelock import FileLock

SCRIPT = Path(__file__).with_name("slurm.sh")


def needs_dask() -> None:
    missing = [name for name in ("distributed", "dask_jobqueue", "cryptography") if find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: .venv/bin/pip install 'minilab[cluster]'")


class Slurm:
    """Its folder, and the variables by which its commands find it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        began = subprocess.run([SCRIPT, "start", folder, str(port)], capture_output=True, text=True)
        if began.returncode == 77:
            pytest.skip(began.stderr.strip())
        assert began.returncode == 0, began.stderr
        told = subprocess.run(["bash", "-c", f"{began.stdout}\nenv"], capture_output=True, text=True, check=True).stdout
        found = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        self.env = {key: found[key] for key in ("SLURM_CONF", "PATH", "LD_LIBRARY_PATH") if key in found}

    def __call__(self, *command: str) -> str:
        """What one of its commands prints."""
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=True).stdout.strip()

    def running(self) -> list[str]:
        """The numbers of the jobs that run."""
        return self("squeue", "--noheader", "--format=%i", "--states=R").split()

    def is_idle(self, seconds: float = 30) -> bool:
        """Whether nothing is left in its queue, after so many seconds at most."""
        deadline = time.monotonic() + seconds
        while (left := self("squeue", "--noheader")) and time.monotonic() < deadline:
            time.sleep(0.2)
        return not left


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    needs_dask()
    with FileLock(tmp_path_factory.getbasetemp().parent / "slurm.lock"):  # one at a time, however many test processes
        folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        try:
            yield Slurm(folder, _ports())
        finally:
            subprocess.run([SCRIPT, "stop", folder], check=True)
            shutil.rmtree(folder, ignore_errors=True)


def _ports() -> int:
    """The first of three ports in a row that are free."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except (OSError, OverflowError):
                continue
            return port
