"""The processes beside a dask worker that run its jobs (`holder.py`): begun, kept warm for the next job, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection

from omegaconf import DictConfig

from ...places import ROOT
from ...records import results
from ...records.folder import RunFolder
from ...stop import how_ended
from ..crew import Event
from ..workers import SECONDS_TO_STOP

SECONDS_TO_LOOK = 0.5  # between two looks at whether the job is still wanted
SECONDS_TO_IDLE = 15.0  # after which a process without jobs ends


class Holder:
    """A process in the folder that a sweep is run in, and the line to it; its number is one that no other has now."""

    def __init__(self, place: str, number: int) -> None:
        self.number = number
        self.line, theirs = socket.socketpair()
        self.pipe = Connection(os.dup(self.line.fileno()))
        self.stopped, self.jobs = False, 0
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

    def run(self, job: int, cfg: DictConfig, gpus: Sequence[str | None], wanted: Callable[[], bool]) -> Event:
        """Waits for the end of the job, which is stopped when it is no longer wanted. The processes take turns with
        the `gpus`, see `devices.visible`.
        """
        self.jobs += 1
        try:
            self.pipe.send((job, cfg, gpus[self.number % len(gpus)]))
            while not self.pipe.poll(SECONDS_TO_LOOK):
                if not wanted():
                    self.stop()
            event: Event = self.pipe.recv()
        except (EOFError, OSError):
            result = results.there(RunFolder(cfg.job.folder).result)
            event = Event(job, True, f"its process {how_ended(self.process.wait())}", result)
        return event

    def stop(self) -> None:
        """Ends the process and what it runs, which may take some seconds."""
        self.stopped = True
        with suppress(OSError):  # it has ended
            self.line.shutdown(socket.SHUT_WR)


class Holders:
    """All of them, and those that wait for a job, each with the sweep that it works for: `""` for the first to come."""

    def __init__(self) -> None:
        self.all: list[Holder] = []
        self.free: list[tuple[str, Holder]] = []
        self.lock = threading.Lock()

    def warm(self, place: str) -> None:
        """Begins one, ahead of the first job."""
        self.free.append(("", self._new(place)))

    @contextmanager
    def one(self, place: str, sweep: str) -> Iterator[Holder]:
        """One that is warm, if there is one; afterwards it waits for the sweep's next job, but not for ever."""
        with self.lock:
            mine = [each for each in self.free if each[0] in ("", sweep) and each[1].process.poll() is None]
            if mine:
                self.free.remove(mine[0])
            holder = mine[0][1] if mine else self._new(place)
        yield holder
        if holder.process.poll() is not None or holder.stopped:
            self.all.remove(holder)
            return
        with self.lock:
            self.free.append((sweep, holder))
        timer = threading.Timer(SECONDS_TO_IDLE, self._retire, [sweep, holder, holder.jobs])
        timer.daemon = True
        timer.start()

    def stop(self) -> None:
        """Ends all of them, and waits for that."""
        for holder in self.all:
            holder.stop()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for holder in self.all:
            try:
                holder.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                holder.process.kill()

    def _new(self, place: str) -> Holder:
        taken = {holder.number for holder in self.all}
        self.all.append(Holder(place, next(number for number in count() if number not in taken)))
        return self.all[-1]

    def _retire(self, sweep: str, holder: Holder, jobs: int) -> None:
        """Ends one to which no job has come since."""
        with self.lock:
            if (sweep, holder) not in self.free or holder.jobs != jobs:
                return
            self.free.remove((sweep, holder))
        self.all.remove(holder)
        holder.stop()
        holder.process.wait()
