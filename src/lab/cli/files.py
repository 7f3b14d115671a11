"""What is wrong with a file, and whether another place would help."""

from __future__ import annotations

import errno
import os
from pathlib import Path

FULL = {errno.EDQUOT, errno.EFBIG, errno.ENOSPC}
UNWRITABLE = FULL | {errno.EACCES, errno.EIO, errno.EPERM, errno.EROFS}
ELSEWHERE = "choose another folder: hydra.run.dir=…, hydra.sweep.dir=…, --study or --out"


def of_file(error: OSError) -> str:
    """The file's name, and what the operating system has against it."""
    path = Path(os.fsdecode(error.filename))
    unread = error.errno in (errno.EACCES, errno.EPERM) and os.access(path, os.F_OK) and not os.access(path, os.R_OK)
    if unread or error.errno not in UNWRITABLE:
        return f"{path}: {error.strerror}"
    room = "make room, or " if error.errno in FULL else ""
    return f"{path} can't be written ({error.strerror}): {room}{ELSEWHERE}"
