"""The crew of a cluster: hands a sweep's jobs to the agents that there are, and again where one is lost."""

from __future__ import annotations

import pickle
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from secrets import token_hex
from typing import Any, Protocol

from omegaconf import DictConfig
from tqdm import tqdm

from ...places import ROOT
from ...records.results import one_line
from ..crew import Event
from ..workers import SECONDS_TO_STOP
from . import engine

SECONDS_TO_TEND = 1.0  # between two looks at who is there
MOST = 5  # times that a job's agent may be lost without a checkpoint more than before


class Place(Protocol):
    """Where the agents are."""

    def client(self, jobs: int) -> Any:
        """Dask's client, for so many jobs; raises where nobody can be reached, in a line."""

    def tend(self, left: int, there: set[str]) -> None:
        """Sees that there are agents for the jobs that are left; `there` are the names of those that are."""

    def close(self) -> None:
        """Gives all of it back."""


class Cluster:
    """Runs a job at a time on each thread of each of dask's workers. As a context: what runs at its end is stopped."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.topic = f"sweep-{token_hex(4)}"
        self.heard: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.out: dict[int, Any] = {}  # by job, dask's future
        self.begun: dict[int, int] = {}  # by job, the checkpoint that it began with
        self.lost: Counter[int] = Counter()  # by job, how often since it came to a checkpoint
        self.again: set[int] = set()
        self.dask: Any = None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *args: object) -> None:
        try:
            if self.out:
                self._stop()
        finally:
            self.place.close()

    def work_through(self, jobs: Sequence[DictConfig]) -> Iterator[Event]:
        """Runs the jobs in their order, as many at a time as there is room for."""
        waiting = deque(range(len(jobs)))
        if not jobs:
            return
        self.dask = self.place.client(len(jobs))
        self.dask.subscribe_topic(self.topic, lambda event: self.heard.put(event[1]))
        room, looked = 0, 0.0
        while waiting or self.out:
            if time.monotonic() > looked + SECONDS_TO_TEND:
                looked = time.monotonic()
                there = self._there()
                room = sum(each["nthreads"] for each in there)
                self.place.tend(len(waiting) + len(self.out), {str(each["name"]) for each in there})
            while waiting and len(self.out) < room:
                self._hand_out(waiting[0], jobs[waiting.popleft()])
            with suppress(Empty):
                for event in self._understood(self.heard.get(timeout=SECONDS_TO_TEND)):
                    if isinstance(event, Event):
                        yield event
                    else:
                        waiting.appendleft(event)
                        tqdm.write(f"{Path(jobs[event].job.folder).name} goes on elsewhere: where it ran is gone")

    def _there(self) -> list[dict[str, Any]]:
        """What dask knows of its workers."""
        try:
            return list(self.dask.scheduler_info(n_workers=-1)["workers"].values())
        except (KeyError, OSError) as error:
            raise ConnectionError("dask's scheduler is gone: the same command goes on once there is one") from error

    def _hand_out(self, job: int, cfg: DictConfig) -> None:
        arguments = job, pickle.dumps(cfg), str(Path.cwd()), job in self.again, self.topic
        future = self.dask.submit(
            engine.by_value(str(ROOT)), *arguments, key=f"{self.topic}-{token_hex(4)}", pure=False
        )
        self.out[job] = future
        future.add_done_callback(lambda done: self.heard.put({"job": job, "key": done.key, "done": True}))

    def _understood(self, heard: dict[str, Any]) -> Iterator[Event | int]:
        """What an event of dask's says of a job; a number is that of a lost one. It may come late, or twice, or of an
        agent that was taken for lost.
        """
        job, future = heard["job"], self.out.get(heard["job"])
        if future is None or heard["key"] != future.key:
            return
        if "mark" in heard:
            if job not in self.begun:
                yield Event(job, False)
            elif heard["mark"] != self.begun[job]:
                self.lost[job] = 0
            self.begun[job] = heard["mark"]
        elif "error" in heard:
            del self.out[job]
            yield Event(job, True, heard["error"], heard["result"])
        elif "done" in heard:
            yield from self._over(job)

    def _over(self, job: int) -> Iterator[Event | int]:
        """Of a job whose end was not told: its agent is lost, or could not do it."""
        future = self.out.pop(job)
        error = future.exception() if future.status == "error" else None
        if isinstance(error, ImportError):
            raise RuntimeError(f"the cluster's workers lack what runs need: {one_line(error)}") from error
        self.lost[job] += 1
        self.again.add(job)
        if error is not None and type(error).__name__ != "KilledWorker":
            said = one_line(error)
        elif self.lost[job] < MOST:
            yield job
            return
        else:
            said = f"where it ran was gone {MOST} times before it came to a checkpoint"
        if job not in self.begun:
            yield Event(job, False)
        yield Event(job, True, said)

    def _stop(self) -> None:
        """Has the agents stop what runs, and waits for that, as far as they are there."""
        begun = {job for job in self.out if job in self.begun}
        self.dask.cancel(list(self.out.values()))
        deadline = time.monotonic() + SECONDS_TO_STOP
        while begun and (left := deadline - time.monotonic()) > 0:
            with suppress(Empty):
                heard = self.heard.get(timeout=left)
                if "error" in heard:
                    begun.discard(heard["job"])
