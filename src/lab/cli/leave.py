"""The end of a command's process, which spares itself taking torch apart."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

TRACING = "coverage", "pydevd"  # whoever watches a process has something to do at its end, and began before it


@contextmanager
def leaving() -> Iterator[None]:
    """What a command runs in. Where it ends, threads are waited for and all that is to be done at exit is done, as
    ever; only the interpreter's last step is left out, which takes its objects apart one by one: with torch, over a
    second. A traceback ends the process in the ordinary way.
    """
    statuses: list[int] = []
    atexit.register(_end, statuses, sys.modules["__main__"])  # the first to be registered is the last to be called
    try:
        yield
        statuses.append(0)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            statuses.append(end.code or 0)
        raise


def _end(statuses: list[int], command: ModuleType) -> None:
    """Ends the process at once, if it is that command's, and nobody has something to do after this."""
    if not statuses or command is not sys.modules["__main__"] or any(each in sys.modules for each in TRACING):
        return
    logging.shutdown()
    for stream in sys.stdout, sys.stderr:
        if stream is not None:
            stream.flush()
    os._exit(statuses[0])
