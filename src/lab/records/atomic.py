"""Files that are whole or absent. Imports no torch."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NO_WRITING = {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EROFS}


@contextmanager
def named(path: Path) -> Iterator[None]:
    """An OSError says which file it came of, or which folder: that of a write does not know it. It is raised in the
    place of what others make of one: Lightning says of a number that can't be written that it is not supported.
    """
    try:
        yield
    except Exception as error:
        cause = error.__cause__ if getattr(error.__cause__, "errno", None) in NO_WRITING else error
        if isinstance(cause, OSError) and cause.errno is not None and cause.filename is None:
            cause.filename = str(path)
        if cause is None or cause is error:
            raise
        raise cause from None


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """Yields a path to write to; afterwards `target` is that file. A reader sees the old one or the new one, never half
    of it, whatever happens meanwhile and on every file system. The folder is made where there is none.

    Raises:
        OSError: there is no room, or it may not be written, in the name of `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with named(target):
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(target)
    except OSError as error:
        if error.filename == str(temporary):
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise
    finally:
        with suppress(OSError):
            temporary.unlink()


def put(content: str | bytes, target: Path) -> None:
    """Makes `target` a file of that content, a text in UTF-8; see `written_beside`."""
    with written_beside(target) as temporary:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode())


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
