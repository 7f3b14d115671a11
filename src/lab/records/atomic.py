"""Files that are whole or absent. Imports no torch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """Yields a path to write to; afterwards `target` is that file. A reader sees the old one or the new one, never half
    of it, whatever happens meanwhile and on every file system. The folder is made where there is none.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink()


def keep(path: Path, aside: Path, replaced: bool = False) -> None:
    """Lets a file, if there is one, be found at `aside` too; what is written to `path` later doesn't change that. One
    that is only ever `replaced` as a whole takes no room for it.
    """
    if path.is_file():
        with written_beside(aside) as temporary:
            try:
                (os.link if replaced else shutil.copyfile)(path, temporary)
            except OSError:  # no hard links there
                shutil.copyfile(path, temporary)
