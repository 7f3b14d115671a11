"""One process of a run in several: how it is started, heard and ended by the one that waits for it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing import Pipe
from typing import Any, NamedTuple

from ..records.results import Result, one_line
from ..stop import Stopped, how_ended

SECONDS_TO_END = 3.0  # for a process that has nothing left to do
MAIN = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); import sys; sys.path[:] = {path!r}; "
MAIN += "from src.lab.rank import main; main({pipe})"


class Said(NamedTuple):
    """What a rank has come to: its result, which is whole only where nothing was wrong, and else what was."""

    result: Result
    error: BaseException | None


class Rank:
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
                result, raised = self.pipe.recv()
                self.said = Said(result, raised and as_raised(*raised))
        self.status = status

    def over(self) -> bool:
        return self.said is not None or self.status is not None

    def failed(self) -> bool:
        return self.over() and (self.said is None or self.said.error is not None)

    def failure(self) -> BaseException:
        if self.said and self.said.error:
            return self.said.error
        how = how_ended(self.status or 0)
        return RuntimeError(f"rank {self.number} of its {self.world} processes {how}; resume=<run folder> goes on")

    def end(self) -> None:
        """Waits for one that has nothing left to do but to end, and kills any other, with processes of its own."""
        if self.said is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(SECONDS_TO_END)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.pipe.close()


def as_raised(pickled: bytes, line: str, traceback: str) -> BaseException:
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
