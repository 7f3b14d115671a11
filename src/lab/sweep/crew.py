"""Who runs a sweep's jobs: what this machine's workers and a cluster have in common. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from omegaconf import DictConfig

from ..records.results import Result


class Event(NamedTuple):
    """Job number `job` has begun, or has ended; each job does both once, in this order.

    Of one that has ended, `error` says what went wrong with it, if anything did, and `result` what it has written, if
    it could: on another machine's file system that may be seen later than the event.
    """

    job: int
    ended: bool
    error: str | None = None
    result: Result | None = None


class Crew(AbstractContextManager[Any], Protocol):
    """Gets ready from the moment that it is made. As a context: what runs at its end is stopped."""

    def work_through(self, jobs: Sequence[DictConfig]) -> Iterator[Event]:
        """Runs the jobs, as many at a time as it can, in their order."""
        ...
