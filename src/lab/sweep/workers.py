"""Processes that work through a sweep's jobs: one that dies takes nobody with it. Imports no torch."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import connection, get_context, parent_process, set_start_method
from typing import Any, NamedTuple

from hydra.core.utils import run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from ..records import results

SECONDS_TO_STOP = 5.0  # for what is told to stop; after them it is killed


class Event(NamedTuple):
    """Job number `job` is about to start, or has ended; `error` says what went wrong with it, if anything did."""

    job: int
    ended: bool
    error: str | None = None


class Worker:
    """A process that runs jobs, one after another, and ends with its parent."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs,))  # no daemon: loaders start processes of their own
        self.process.start()
        theirs.close()  # else its end would go unnoticed
        self.job: int | None = None

    def start(self, job: int, cfg: DictConfig) -> None:
        self.job = job
        self.pipe.send(cfg)

    def end(self) -> Event:
        """Waits for the end of the job, or of the process."""
        assert self.job is not None
        job, self.job = self.job, None
        try:
            return Event(job, True, self.pipe.recv())
        except (EOFError, ConnectionError):
            self.process.join()
            return Event(job, True, f"its process {_how(self.process.exitcode or 0)}")


class Crew:
    """Some workers, which make themselves ready from the start. As a context: what runs at its end is stopped."""

    def __init__(self, size: int) -> None:
        self.workers = [Worker() for _ in range(size)]

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *args: object) -> None:
        _stop(self.workers)

    def work_through(self, jobs: Sequence[DictConfig]) -> Iterator[Event]:
        """Runs the jobs, as many at a time as there are workers, in their order."""
        waiting = deque(range(len(jobs)))
        while True:
            for i, worker in enumerate(self.workers):
                if waiting and worker.job is None:
                    if not worker.process.is_alive():
                        self.workers[i] = worker = Worker()
                    yield Event(waiting[0], False)
                    worker.start(waiting[0], jobs[waiting.popleft()])
            busy: dict[Any, Worker] = {worker.pipe: worker for worker in self.workers if worker.job is not None}
            if not busy:
                return
            for pipe in connection.wait(list(busy)):
                yield busy[pipe].end()


def _stop(workers: list[Worker]) -> None:
    """Interrupts the busy ones as Ctrl-C would, ends the idle ones, and waits for them."""
    for worker in workers:
        if worker.job is None:
            worker.process.kill()  # it may still be importing, and would end only after that
        elif worker.process.pid and worker.process.is_alive():
            os.kill(worker.process.pid, signal.SIGINT)
        worker.pipe.close()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
        worker.process.kill()


def _work(pipe: connection.Connection) -> None:
    """What a worker does: runs the jobs that come through the pipe, and says of each what was wrong, or None."""
    os.setsid()  # Ctrl-C is meant for the parent, which tells its workers
    set_start_method(None, force=True)  # as in a single run: else a loader's workers were spawned too, and import torch
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, ConnectionError, KeyboardInterrupt):
        setup_globals()
        from ..train import run  # seconds to import: once a worker

        while True:
            pipe.send(_run(run, pipe.recv()))
    os._exit(0)  # a second sooner than by unloading torch


class _NoCallbacks:
    """Of Hydra's callbacks, which were called in the parent."""

    def on_job_start(self, **kwargs: Any) -> None: ...

    def on_job_end(self, **kwargs: Any) -> None: ...


def _run(run: TaskFunction, cfg: DictConfig) -> str | None:
    """Runs a job as Hydra does, with its log and its `.hydra`; returns what went wrong, in one line."""
    said = []

    def task(cfg: DictConfig) -> None:
        try:
            run(cfg)
        except Exception as error:
            said.append(results.one_line(error))
            raise

    context = HydraContext(config_loader=None, callbacks=_NoCallbacks())  # type: ignore[arg-type]
    run_job(task, cfg, "hydra.sweep.dir", "hydra.sweep.subdir", context)
    return said[0] if said else None


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _how(exitcode: int) -> str:
    if exitcode >= 0:
        return f"ended with exit status {exitcode}"
    why = " (out of memory?)" if exitcode == -signal.SIGKILL else ""
    return f"was killed by {signal.Signals(-exitcode).name}{why}"
