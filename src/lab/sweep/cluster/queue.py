"""Agents in allocations of a queueing system: asked for, asked for again where one ends, and given back."""

from __future__ import annotations

import math
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from ...places import ROOT
from . import engine
from .asked import SYSTEMS, Asked

SECONDS_TO_LIST = 10.0  # between two looks at the queue itself, for allocations that ended before they had begun
SECONDS_TO_END = 10.0
SECONDS_TO_JOIN = 60  # after which an agent that finds nobody ends
MOST = 3  # allocations that may end before any agent has come
LOOPBACK, HERE = "lo", {"127.0.0.1", "::1", "localhost"}
WATCH = "read -r _; {cancel} >/dev/null 2>&1"  # what reads nothing knows that whoever would write is gone


class Queue:
    """Allocations by the name of one of `SYSTEMS`."""

    def __init__(self, name: str, asked: Asked, folder: Path, threads: int) -> None:
        self.name, self.asked, self.folder = name, asked, folder
        self.system = SYSTEMS[name]
        engine.check(name, "distributed", "dask_jobqueue", "cryptography")
        if shutil.which(self.system.submit) is None:
            raise FileNotFoundError(f"hydra/launcher={name} needs {self.system.submit}, which is not here")
        self.slots = max(1, asked.cores // threads)
        self.label = f"sweep-{token_hex(3)}"
        self.allocations: dict[str, Any] = {}  # by the name of the agent
        self.came: set[str] = set()
        self.failed, self.listed = 0, time.monotonic()
        self.cluster: Any = None
        self.dask: Any = None

    def client(self, jobs: int) -> Any:
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob(".dask-jobqueue.*"):  # keys of a sweep that was killed
            path.unlink()
        with engine.importing(self.folder):
            from distributed import Client
        self.cluster = self.composed()
        self.watch = subprocess.Popen(
            ["sh", "-c", WATCH.format(cancel=self._command(self.system.cancel))],
            stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.dask = Client(self.cluster, set_as_default=False)
        self.tend(jobs, set())
        each = f"cores={self.asked.cores}, {self.asked.memory}, {self.asked.walltime}"
        print(f"asked {self.name} for {len(self.allocations)} jobs ({each} each), and waits for them", flush=True)
        return self.dask

    def composed(self) -> Any:
        """dask_jobqueue's cluster, for which nothing is asked yet."""
        with engine.importing(self.folder):
            import dask_jobqueue
            from distributed import Security
        interface = self.asked.interface or self._loopback()
        own = [
            f"cd {shlex.quote(str(Path.cwd()))}",
            f"export PYTHONPATH={shlex.quote(str(ROOT))}${{PYTHONPATH:+:$PYTHONPATH}}",
            f"export DASK_CONFIG={os.devnull}",
        ]
        more = self.system.more(self.asked)
        make = getattr(dask_jobqueue, self.system.cluster)
        return make(
            cores=self.slots, processes=1, memory=self.asked.memory,
            queue=self.asked.partition, job_name=self.label, interface=interface,
            job_script_prologue=[*own, *self.asked.prologue],
            job_extra_directives=[*self.system.directives(self.asked), *self.asked.directives],
            worker_command="src.lab.sweep.cluster.allocation", worker_extra_args=[], death_timeout=SECONDS_TO_JOIN,
            local_directory=str(self.folder), log_directory=str(self.folder), shared_temp_directory=str(self.folder),
            scheduler_options={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            security=None if interface == LOOPBACK else Security.temporary(),
            **({self.system.account: self.asked.account, "walltime": self.asked.walltime} | more),
        )  # fmt: skip

    def tend(self, left: int, there: set[str]) -> None:
        self.came |= there
        queued = self._queued()
        for name, job in list(self.allocations.items()):
            never = name not in self.came
            if name not in there and (not never or (queued is not None and job.job_id not in queued)):
                del self.allocations[name]
                self.failed = self.failed + 1 if never else 0
        if self.failed >= MOST:
            raise RuntimeError(
                f"{self.failed} jobs of {self.name} ended before they could begin: {self.folder} has logs"
            )
        while len(self.allocations) < min(self.asked.jobs, math.ceil(left / self.slots)):
            self._ask()

    def _ask(self) -> None:
        ((name, spec),) = self.cluster.new_worker_spec().items()
        name = f"{name}-{token_hex(2)}"
        job = spec["cls"](self.cluster.scheduler_address, name=name, **spec["options"])
        try:
            self.cluster.sync(job.start)
        except RuntimeError as error:
            said = str(error).partition("stderr:")[2].split("\n") or [""]
            raise RuntimeError(f"{self.name} refused: {' '.join(filter(None, said))}") from error
        self.allocations[name] = job

    def _loopback(self) -> str | None:
        """The interface that nobody else hears, where all nodes are this machine."""
        found = subprocess.run(self.system.nodes.split(), capture_output=True, text=True)
        return LOOPBACK if found.returncode == 0 and {*found.stdout.split()} <= HERE else None

    def _queued(self) -> set[str] | None:
        """The numbers of the jobs that the queue knows; None where nobody asks it now, or it doesn't answer."""
        if time.monotonic() < self.listed + SECONDS_TO_LIST:
            return None
        self.listed = time.monotonic()
        found = subprocess.run(self._command(self.system.listed).split(), capture_output=True, text=True)
        return (
            {line.split()[0].partition(".")[0] for line in found.stdout.splitlines() if line.strip()}
            if found.returncode == 0
            else None
        )

    def _command(self, command: str) -> str:
        return command.format(name=self.label)

    def close(self) -> None:
        if self.cluster is None:
            return
        subprocess.run(["sh", "-c", self._command(self.system.cancel)], capture_output=True)
        with suppress(Exception):
            self.dask.close()
        with suppress(Exception):
            self.cluster.close(timeout=SECONDS_TO_END)
        self.watch.communicate()
        for file in vars(self.cluster).values():  # its keys, as files that go when they are closed
            if isinstance(file, tempfile._TemporaryFileWrapper):
                file.close()
        shutil.rmtree(self.folder / "dask-scratch-space", ignore_errors=True)
        with suppress(OSError):  # there are logs in it
            self.folder.rmdir()
