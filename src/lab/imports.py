"""Imports that cost less. Imports little itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Looks for no garbage in the block, and never again among what is there at its end: of what is imported nothing
    becomes any, and looking takes a fifth of the time. What forked processes share stays shared, as nobody counts it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
