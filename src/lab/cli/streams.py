"""Output that never stops a run: nobody may be reading it any longer, or it can't show what is written."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

log = logging.getLogger(__name__)

ENCODING = "utf-8"  # where the streams were closed, and nobody says one


class Lasting(io.FileIO):
    """A file whose reader may go away, or that has no room left: what can't be written is dropped."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return len(data)


@contextmanager
def lasting() -> Iterator[None]:
    """Lets stdout and stderr last to the end, whatever becomes of them. Characters they don't have are replaced."""
    _fill_gaps()
    before, complains, hook = (sys.stdout, sys.stderr), logging.raiseExceptions, threading.excepthook
    logging.raiseExceptions = False  # of a log that can't be written
    threading.excepthook = _log_end  # of one that writes: whoever hands it the next thing to write is told
    sys.stdout, sys.stderr = (_lasting(stream, number) for number, stream in enumerate(before, start=1))
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before
        logging.raiseExceptions, threading.excepthook = complains, hook


def _log_end(thread: threading.ExceptHookArgs) -> None:
    value = thread.exc_value or thread.exc_type()
    log.info("a thread ended", exc_info=(thread.exc_type, value, thread.exc_traceback))


def _fill_gaps() -> None:
    """Where a stream was closed, the next file that is opened would take its number, and get what is printed."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def _lasting(stream: Any, number: int) -> Any:
    try:
        number = stream.fileno()
    except (AttributeError, OSError, ValueError):  # closed, or none of the operating system's
        if stream is not None:
            return stream
    file = io.BufferedWriter(Lasting(number, "w", closefd=False))
    encoding = getattr(stream, "encoding", ENCODING)
    return io.TextIOWrapper(file, encoding, errors="replace", line_buffering=True)
