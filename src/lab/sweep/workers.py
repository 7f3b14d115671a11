"""Processes that work through a sweep's jobs: one that dies takes nobody with it. Imports no torch."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing import connection, get_context, set_forkserver_preload
from multiprocessing.forkserver import ensure_running
from typing import Any

from omegaconf import DictConfig

from ..places import ROOT
from ..records import results
from ..records.folder import RunFolder
from ..stop import how_ended
from . import devices
from .begin import make_way
from .crew import Event
from .work import work

LONGEST_PLACE = 60  # characters of a temporary folder: the path of a socket, which is made in it, has 107 at most
SECONDS_TO_STOP = 10.0  # for what is told to stop; after them it is killed


def make_ready() -> None:
    """Starts what workers are forked from, a process that imports for all of them; returns at once."""
    set_forkserver_preload(["src.lab.sweep.preload"])
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the sweep, which tells its workers
    path = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [path])])  # where that process finds the code
    place = tempfile.tempdir
    if len(tempfile.gettempdir()) > LONGEST_PLACE:
        tempfile.tempdir = "/tmp"
    try:
        ensure_running()
    finally:
        tempfile.tempdir = place
        signal.signal(signal.SIGINT, before)
        del os.environ["PYTHONPATH"]
        os.environ |= {"PYTHONPATH": path} if path else {}


class Worker:
    """A process that runs jobs, one after another, and ends with its parent.

    Args:
        visible: what it finds as `CUDA_VISIBLE_DEVICES`; None leaves that as it is.
    """

    def __init__(self, visible: str | None = None) -> None:
        self.visible = visible
        context = get_context("forkserver")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=work, args=(theirs, visible)
        )  # no daemon: loaders start processes of their own
        self.process.start()
        theirs.close()  # else its end would go unnoticed
        self.job: int | None = None

    def start(self, job: int, cfg: DictConfig) -> None:
        self.job, self.folder = job, RunFolder(cfg.job.folder)
        make_way(self.folder)
        self.pipe.send(cfg)

    def end(self) -> Event:
        """Waits for the end of the job, or of the process."""
        assert self.job is not None
        job, self.job = self.job, None
        try:
            error = self.pipe.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            error = f"its process {how_ended(self.process.exitcode or 0)}"
        return Event(job, True, error, results.there(self.folder.result))


class Workers:
    """This machine's crew: workers, made ready from the start. As a context: what runs at its end is stopped."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.workers: list[Worker] = []
        make_ready()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *args: object) -> None:
        stop(self.workers)

    def work_through(self, jobs: Sequence[DictConfig]) -> Iterator[Event]:
        """Runs the jobs, as many at a time as there are workers, in their order."""
        waiting = deque(range(len(jobs)))
        self.workers = [Worker(gpus) for gpus in devices.visible(jobs, min(self.size, len(jobs)))]
        while True:
            for i, worker in enumerate(self.workers):
                if waiting and worker.job is None:
                    if not worker.process.is_alive():
                        self.workers[i] = worker = Worker(worker.visible)
                    yield Event(waiting[0], False)
                    worker.start(waiting[0], jobs[waiting.popleft()])
            busy: dict[Any, Worker] = {worker.pipe: worker for worker in self.workers if worker.job is not None}
            if not busy:
                return
            for pipe in connection.wait(list(busy)):
                yield busy[pipe].end()


def stop(workers: list[Worker]) -> None:
    """Interrupts the busy ones as Ctrl-C would, ends the idle ones, and waits for them."""
    for worker in workers:
        if worker.job is None:
            worker.process.kill()
        elif worker.process.pid and worker.process.is_alive():
            os.kill(worker.process.pid, signal.SIGINT)
        worker.pipe.close()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
        worker.process.kill()
