"""A run in several processes, its ranks, one a device: begun, watched and ended by the one that was asked for the run.

None of them is the process that waits: whichever dies, somebody is left to say so, and to end the others, who may hang
in an exchange that nobody answers. It alone holds the run's folder and writes its result. Imports no torch.
"""

from __future__ import annotations

import math
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ..records.results import Result
from ..stop import Stopped
from .process import Rank

LOOK = 0.2  # seconds between two looks at whether a process has ended
SECONDS_TO_FAIL = 3.0  # for the others, when one has failed or died; after them they are killed
SECONDS_TO_STOP = 8.0  # for a run that is told to, less than a sweep gives it


def train(cfg: DictConfig, checkpoint: Path | None, result: Result, callbacks: Sequence[object], world: int) -> None:
    """Trains from a checkpoint, or from the start, and tests, in `world` processes; fills in the result.

    Raises:
        ValueError: there are callbacks beside those of the configuration.
        RuntimeError: a process was killed; the others are then ended too.
        Exception: whatever one of them raised first.
        Stopped: a signal told this process to stop. The run has some seconds to end its epoch and save it.
    """
    if callbacks:
        raise ValueError("a run in several processes takes its callbacks from the configuration: use one device here")
    whole: Any = OmegaConf.create(OmegaConf.to_container(cfg, resolve=False))
    whole.job = OmegaConf.to_container(cfg.job, resolve=True)  # only here is it known what Hydra knows
    ranks: list[Rank] = []
    try:
        port = _free_port()
        ranks.extend(Rank(number, world, port, cfg.threads) for number in range(world))
        for rank in ranks:
            rank.tell((whole, checkpoint, result))
        failed = _watch(ranks)
        dead = [rank for rank in failed if rank.said is None]
        if failed:
            raise (dead or failed)[0].failure()
    except Stopped as stopped:
        raise _stop(ranks[0], stopped) if ranks else stopped from None
    finally:
        for rank in ranks:
            rank.end()
        if ranks and ranks[0].said:
            result |= ranks[0].said.result


def _watch(ranks: list[Rank]) -> list[Rank]:
    """Waits until all are over, or for some seconds after the first has failed; returns those that failed, in order."""
    failed: list[Rank] = []
    deadline = math.inf
    while time.monotonic() < deadline and (going := [rank for rank in ranks if not rank.over()]):
        connection.wait([rank.pipe for rank in going], LOOK)
        for rank in going:
            rank.look()
            if rank.failed():
                failed.append(rank)
                deadline = min(deadline, time.monotonic() + SECONDS_TO_FAIL)
    return failed


def _stop(first: Rank, stopped: Stopped) -> Stopped:
    """Tells the run to stop, by its first rank, which tells the others; returns what it says to that."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    with suppress(ProcessLookupError):
        first.process.send_signal(signal.SIGINT)
    while not first.over() and time.monotonic() < deadline:
        connection.wait([first.pipe], LOOK)
        first.look()
    said = first.said.error if first.said else None
    return Stopped(stopped.signum, said.after) if isinstance(said, Stopped) else stopped


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
