"""What runs in a dask worker: it hands the jobs to a process of this project's (`holder.py`), and says how they end."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, ClassVar

from ...places import ROOT
from ...records import results
from ...records.folder import RunFolder, freed, state
from ..begin import go_on
from ..crew import Event
from ..workers import SECONDS_TO_STOP, how

SECONDS_TO_LOOK = 0.5  # between two looks at whether the job is still wanted
SECONDS_TO_DOUBT = 1.0  # after a process was killed: is it only the first to go of all those in an allocation?
SECONDS_UNTIL_GONE = 90.0  # after which a lost agent's run is over: what is left of its folder's lock is nobody's


class Holder:
    """The process, and the line to it."""

    def __init__(self, place: str) -> None:
        self.line, theirs = socket.socketpair()
        self.pipe = Connection(os.dup(self.line.fileno()))
        environment = {key: value for key, value in os.environ.items() if key != "SLURM_NTASKS"}  # no `srun` runs this
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        call = [sys.executable, "-m", f"{__package__}.holder", str(theirs.fileno())]
        self.process = subprocess.Popen(
            call,
            cwd=place,
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self.stopped = False

    def run(self, job: int, cfg: Any, wanted: Callable[[], bool]) -> Event:
        """Waits for the end of the job, which is stopped when it is no longer wanted."""
        try:
            self.pipe.send((job, cfg))
            while not self.pipe.poll(SECONDS_TO_LOOK):
                if not wanted():
                    self.stop()
            event: Event = self.pipe.recv()
        except (EOFError, OSError):
            event = Event(job, True, f"its process {how(self.process.wait())}", results.there(_folder(cfg).result))
        return event

    def stop(self) -> None:
        """Ends the process and what it runs; that may take some seconds."""
        self.stopped = True
        with suppress(OSError):  # it has ended
            self.line.shutdown(socket.SHUT_WR)


class _Here:
    """This dask worker: the processes that it has, those that are free, and whether it is about to end."""

    holders: ClassVar[list[Holder]] = []
    free: ClassVar[list[Holder]] = []
    leaving = False


def run(job: int, pickled: bytes, place: str, again: bool, topic: str) -> None:
    """Runs a job and tells its begin and its end by events of dask's, unless this agent or the job is given up.

    Args:
        job: its number.
        pickled: its configuration.
        place: the folder that the sweep is run in.
        again: it was begun before by an agent that is lost, and whose process may still be at work.
        topic: of the events.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def is_there() -> bool:
        return worker.status.name in ("running", "paused")

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return is_there() and task is not None and task.state != "cancelled"

    def tell(event: dict[str, Any]) -> None:
        worker.log_event(topic, {"job": job, **event})

    cfg = pickle.loads(pickled)
    folder = _folder(cfg)
    freed(folder.path, SECONDS_UNTIL_GONE, again)
    tell({"mark": folder.last.stat().st_mtime_ns if folder.last.is_file() else 0})
    if state(folder, cfg) == "completed":  # by who was lost before he could say so
        tell({"error": None, "result": results.read(folder.result)})
        return
    go_on(cfg, folder)
    with _holder(place) as holder:
        event = holder.run(job, cfg, wanted)
        if event.error and event.error.startswith("its process"):
            time.sleep(SECONDS_TO_DOUBT)
    if not _Here.leaving and is_there():
        tell({"error": event.error, "result": event.result})


@contextmanager
def _holder(place: str) -> Iterator[Holder]:
    holder = _Here.free.pop() if _Here.free else Holder(place)
    _Here.holders += [holder] * (holder not in _Here.holders)
    yield holder
    if holder.process.poll() is None and not holder.stopped:
        _Here.free.append(holder)
    else:
        _Here.holders.remove(holder)


def _folder(cfg: Any) -> RunFolder:
    return RunFolder(cfg.job.folder)


def leave() -> None:
    """Stops what runs here, and waits for its end."""
    _Here.leaving = True
    for holder in _Here.holders:
        holder.stop()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for holder in _Here.holders:
        try:
            holder.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            holder.process.kill()


if __name__ == "__main__":  # in an allocation
    from distributed.cli.dask_worker import main

    from src.lab.sweep.cluster import agent  # which is not this module: this one is `__main__`

    try:
        main(standalone_mode=False)
    finally:
        agent.leave()
        os._exit(0)  # whatever thread still waits for something
