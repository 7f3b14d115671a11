"""Told to stop: by Ctrl-C, by SIGTERM (Slurm, docker, systemd), by SIGHUP (a closed terminal). Imports no torch."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from .doing import say

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
    told: int | None = None  # the signal that has come
    patient = False
    undo: Callable[[], object] | None = None  # what there is to do before the process ends at once
    deaf_until = -math.inf  # what is about to be done needs no telling again: it writes down what it has come to


@contextmanager
def listening() -> Iterator[None]:
    """Where one of `SIGNALS` comes, `Stopped` is raised; not where the process was started to ignore it (`nohup`)."""
    before, hook, nested = {}, sys.unraisablehook, signal.getsignal(signal.SIGTERM) is _hear
    if threading.current_thread() is threading.main_thread():
        before = {each: signal.getsignal(each) for each in (*SIGNALS, signal.SIGALRM)}
        sys.unraisablehook = lambda lost: _insist() if isinstance(lost.exc_value, Stopped) else hook(lost)
        listen()
    try:
        yield
    finally:
        if before:
            signal.setitimer(signal.ITIMER_REAL, 0)
            sys.unraisablehook = hook
        _Ears.told, _Ears.patient = None, False
        _Ears.deaf_until = _Ears.deaf_until if nested else -math.inf
        for each, handler in before.items():
            signal.signal(each, handler)


def listen() -> None:
    """Takes the signals over, from Lightning too."""
    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _hear)


@contextmanager
def ending(undo: Callable[[], object] = lambda: None) -> Iterator[None]:
    """For imports that take seconds. Where a signal comes now that is listened to, `undo` is called, and the process
    ends at once and says so: what is raised goes astray in modules that are half made.
    """
    _Ears.undo = undo
    try:
        yield
    finally:
        _Ears.undo = None


def be_patient(patient: bool) -> None:
    """From here on `told` says what was heard, for `PATIENCE` seconds; or no longer."""
    if threading.current_thread() is threading.main_thread():
        _Ears.patient = patient
        listen()


def told() -> int | None:
    """The signal that came; also where what it raised was held up, by somebody who catches everything."""
    return _Ears.told


def _hear(signum: int, frame: FrameType | None) -> None:
    again = signum == signal.SIGALRM
    if _Ears.undo:
        _Ears.undo()
        say()
        print(f"stopped by {signal.Signals(signum).name} before it began", file=sys.stderr, flush=True)
        os._exit(128 + signum)
    if _Ears.patient and _Ears.told is None:
        _Ears.told = signum
        _wake(PATIENCE)
    elif again or time.monotonic() > _Ears.deaf_until:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _Ears.told, _Ears.deaf_until = _Ears.told or signum, time.monotonic() + PATIENCE
        raise Stopped(_Ears.told)


def _insist() -> None:
    """What was raised got lost where Python lets nothing through, as when an object is taken apart: once more, then."""
    _wake(0.01)


def _wake(seconds: float) -> None:
    signal.signal(signal.SIGALRM, _hear)
    signal.setitimer(signal.ITIMER_REAL, seconds)
