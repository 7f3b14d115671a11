"""A run in several processes, its ranks, one a device: begun, watched and ended by the one that was asked for the run.

None of them is the process that waits: whichever dies, somebody is left to say so, and to end the others, who may hang
in an exchange that nobody answers. It alone holds the run's folder and writes its result. Imports no torch.
"""

from __future__ import annotations

import math
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe, connection
from pathlib import Path
from typing import Any, NamedTuple

from omegaconf import DictConfig, OmegaConf

from .records.folder import RunFolder
from .records.results import Result, one_line
from .stop import Stopped, how_ended

LOOK = 0.2  # seconds between two looks at whether a process has ended
SECONDS_TO_FAIL = 3.0  # for the others, when one has failed or died; after them they are killed
SECONDS_TO_STOP = 8.0  # for a run that is told to, less than a sweep gives it
MAIN = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); import sys; sys.path[:] = {path!r}; "
MAIN += "from src.lab.rank import main; main({pipe})"


class Said(NamedTuple):
    """What a rank has come to: its result, which is whole only where nothing was wrong, and else what was."""

    result: Result
    error: BaseException | None


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
    ranks: list[_Rank] = []
    try:
        port = _free_port()
        ranks.extend(_Rank(number, world, port, cfg.threads) for number in range(world))
        for rank in ranks:
            rank.tell((whole, checkpoint, result))
        failed = _watch(ranks)
        dead = [rank for rank in failed if rank.said is None]
        if failed:
            raise (dead or failed)[0].failure(RunFolder(cfg.job.folder))
    except Stopped as stopped:
        raise _stop(ranks[0], stopped) if ranks else stopped from None
    finally:
        for rank in ranks:
            rank.end()
        if ranks and ranks[0].said:
            result |= ranks[0].said.result


class _Rank:
    """One of the processes, of a session of its own: a terminal's Ctrl-C reaches only whoever waits for it."""

    def __init__(self, number: int, world: int, port: int, threads: int) -> None:
        self.number, self.world = number, world
        self.pipe, theirs = Pipe()
        self.said: Said | None = None
        self.status: int | None = None
        where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "NODE_RANK": 0, "LOCAL_RANK": number}
        more = where | {"WORLD_SIZE": world, "OMP_NUM_THREADS": threads}  # else Lightning takes others
        env = {key: value for key, value in os.environ.items() if key != "SLURM_NTASKS"}  # these are not Slurm's
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN.format(path=sys.path, pipe=theirs.fileno())],
            env=env | {key: str(value) for key, value in more.items()},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if number else None,  # what is said is said once
            stderr=subprocess.DEVNULL if number else None,
        )
        theirs.close()  # else its end would go unnoticed

    def tell(self, order: tuple[Any, ...]) -> None:
        with suppress(ConnectionError):  # its end is noticed soon
            self.pipe.send(order)

    def look(self) -> None:
        """Notes what it says, and whether it has ended."""
        status = self.process.poll()  # before its pipe: what it has said by then lies there
        with suppress(EOFError, ConnectionError):
            if self.said is None and self.pipe.poll():
                result, error = self.pipe.recv()
                self.said = Said(result, _error(*error) if error else None)
        self.status = status

    def over(self) -> bool:
        return self.said is not None or self.status is not None

    def failed(self) -> bool:
        return self.over() and (self.said is None or self.said.error is not None)

    def failure(self, folder: RunFolder) -> BaseException:
        if self.said and self.said.error:
            return self.said.error
        goes_on = "; resume=<run folder> goes on" if folder.last.is_file() else ""
        return RuntimeError(f"rank {self.number} of its {self.world} processes {how_ended(self.status or 0)}{goes_on}")

    def end(self) -> None:
        """Waits for one that has nothing left to do but to end, and kills any other, with processes of its own."""
        if self.said is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(SECONDS_TO_FAIL)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.pipe.close()


def _watch(ranks: list[_Rank]) -> list[_Rank]:
    """Waits until all are over, or for some seconds after the first has failed; returns those that failed, in order."""
    failed: list[_Rank] = []
    deadline = math.inf
    while time.monotonic() < deadline and (going := [rank for rank in ranks if not rank.over()]):
        connection.wait([rank.pipe for rank in going], LOOK)
        for rank in going:
            rank.look()
            if rank.failed():
                failed.append(rank)
                deadline = min(deadline, time.monotonic() + SECONDS_TO_FAIL)
    return failed


def _stop(first: _Rank, stopped: Stopped) -> Stopped:
    """Tells the run to stop, by its first rank, which tells the others; returns what it says to that."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    with suppress(ProcessLookupError):
        first.process.send_signal(signal.SIGINT)
    while not first.over() and time.monotonic() < deadline:
        connection.wait([first.pipe], LOOK)
        first.look()
    said = first.said.error if first.said else None
    return Stopped(stopped.signum, said.after) if isinstance(said, Stopped) else stopped


def _error(pickled: bytes, line: str, traceback: str) -> BaseException:
    """What a rank raised, with its traceback; in words where its class is known there alone."""
    try:
        error: BaseException = pickle.loads(pickled)
        same = one_line(error) == line
    except Exception:
        same = False
    error = error if same else RuntimeError(line)
    if not isinstance(error, Stopped):
        error.add_note(traceback)
    return error


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
