"""Told to stop: by Ctrl-C, by SIGTERM (Slurm, docker, systemd), by SIGHUP (a closed terminal). Imports no torch."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
PATIENCE = 3.0  # seconds that an epoch has to come to its end; after them, or when told again, it is given up


class Stopped(BaseException):
    """A signal told this process to stop. No `Exception`, and no `KeyboardInterrupt`, which Lightning makes an exit of.

    Args:
        signum: of the signal.
        after: what was done by then, in words.
    """

    def __init__(self, signum: int, after: str = "") -> None:
        super().__init__(" ".join(filter(None, [f"by {signal.Signals(signum).name}", after])))
        self.signum, self.after = signum, after

    def __reduce__(self) -> tuple[type[Stopped], tuple[int, str]]:
        return Stopped, (self.signum, self.after)

    @property
    def status(self) -> int:
        """What a shell expects the process to exit with."""
        return 128 + self.signum


def how_ended(exitcode: int) -> str:
    """In words, how a process ended that should not have: `was killed by SIGKILL (out of memory?)`."""
    if exitcode >= 0:
        return f"ended with exit status {exitcode}"
    why = " (out of memory?)" if exitcode == -signal.SIGKILL else ""
    return f"was killed by {signal.Signals(-exitcode).name}{why}"


class _Ears:
    told: int | None = None  # the signal that has come while somebody was patient
    patient = False


@contextmanager
def listening() -> Iterator[None]:
    """Where one of `SIGNALS` comes, `Stopped` is raised; not where the process was started to ignore it (`nohup`)."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {each: signal.getsignal(each) for each in (*SIGNALS, signal.SIGALRM)}
        listen()
    try:
        yield
    finally:
        if before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        _Ears.told, _Ears.patient = None, False
        for each, handler in before.items():
            signal.signal(each, handler)


def listen() -> None:
    """Takes the signals over, from Lightning too."""
    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _hear)


def be_patient(patient: bool) -> None:
    """From here on `told` says what was heard, for `PATIENCE` seconds; or no longer."""
    if threading.current_thread() is threading.main_thread():
        _Ears.patient = patient
        listen()


def told() -> int | None:
    """The signal that came since `be_patient`."""
    return _Ears.told


def _hear(signum: int, frame: FrameType | None) -> None:
    if _Ears.patient and _Ears.told is None and signum != signal.SIGALRM:
        _Ears.told = signum
        signal.signal(signal.SIGALRM, _hear)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    else:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each in SIGNALS:  # what is about to be done needs no telling again: it writes down what it has come to
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(_Ears.told or signum)
