"""A file system that fails: at the n-th write below a folder, there is no room, or the device is broken."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch


class Failing:
    """Counts what is written below `folder`: files opened to write, writes, syncs, renames, links, new folders. From
    the n-th on (0: never) each fails with `number`, until the context ends; or the n-th alone, where it fails `once`.
    """

    def __init__(self, folder: Path, n: int, number: int = errno.ENOSPC, once: bool = False) -> None:
        self.folder, self.n, self.number, self.once = str(folder.resolve()), n, number, once
        self.count = 0

    def holds(self, path: Any) -> bool:
        """Whether a path, no descriptor, lies in the folder or is it."""
        is_path = isinstance(path, str | bytes | os.PathLike)
        return is_path and (Path.cwd() / os.fsdecode(path)).is_relative_to(self.folder)

    def step(self, path: Any, written: bool = False) -> None:
        """Fails where it is time to; the error of what is `written` knows no name, as the operating system's."""
        if not self.holds(path):
            return
        self.count += 1
        if self.n and (self.count == self.n or (self.count > self.n and not self.once)):
            said = [self.number, os.strerror(self.number)]
            raise OSError(*said, *([] if written else [os.fsdecode(path)]))


class _Written(io.FileIO):
    """A file below the folder, of which each write is counted."""

    failing: Failing

    def write(self, data: Any) -> int:
        self.failing.step(self.name, written=True)
        return super().write(data) or 0


@contextmanager
def failing(folder: Path, n: int, number: int = errno.ENOSPC, once: bool = False) -> Iterator[Failing]:
    """What Python writes below the folder goes through a `Failing`; what libraries in C write does not."""
    it = Failing(folder, n, number, once)
    plain_open, fsync = io.open, os.fsync

    def opened(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:
        if not (it.holds(file) and set(mode) & set("wax+")):
            return plain_open(file, mode, buffering, *more, **named)
        it.step(file)
        raw = _Written(os.fspath(file), mode.replace("b", "").replace("t", ""), opener=named.pop("opener", None))
        raw.failing = it
        buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        names = ("encoding", "errors", "newline")
        text = dict(zip(names, more, strict=False)) | {k: v for k, v in named.items() if k in names}
        return buffered if "b" in mode else io.TextIOWrapper(buffered, **text, line_buffering=buffering == 1)

    def synced(number: int) -> None:
        it.step(Path(f"/proc/self/fd/{number}").readlink(), written=True)
        fsync(number)

    def counted(plain: Any, which: int) -> Any:
        def call(*paths: Any, **named: Any) -> Any:
            it.step(paths[which])
            return plain(*paths, **named)

        return call

    changes: list[Any] = [patch("builtins.open", opened), patch("io.open", opened), patch("os.fsync", synced)]
    changes += [patch(f"os.{name}", counted(getattr(os, name), 1)) for name in ("replace", "rename", "link")]
    changes += [patch("os.mkdir", counted(os.mkdir, 0))]
    try:
        for change in changes:
            change.start()
        yield it
    finally:
        for change in reversed(changes):
            change.stop()
