"""Garbage that isn't looked for where there is none. Imports little."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keeping() -> Iterator[None]:
    """For a block of which what it makes is kept, as imports are: no garbage is looked for in it, and never again among
    what is there at its end. Looking takes a fifth of the time, and would write to memory that forked processes share.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        atexit.unregister(gc.unfreeze)
        atexit.register(gc.unfreeze)  # for those who complain of what is never taken apart
        if was_on:
            gc.enable()
