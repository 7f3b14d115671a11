"""Files that are read as they were published, or not at all: packed or not, and fetched by one process at a time."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from filelock import FileLock

from src.lab.records.atomic import put

VERIFIED = ".verified.json"  # by file that was found right: its size and time, so that it need not be hashed again
SECONDS = 30.0  # for a server to say something
BROKEN = OSError, EOFError, HTTPException, ValueError, zlib.error  # of a transfer, or of what came of it


def content(folder: Path, name: str, digest: str) -> bytes | None:
    """What is in a file, or in the same one packed as .gz, that has this SHA-256; None where neither has."""
    path = folder / name
    with suppress(OSError):
        found, stat = path.read_bytes(), path.stat()
        seen: list[str | int] = [digest, stat.st_size, stat.st_mtime_ns]
        if _verified(folder).get(name) == seen:
            return found
        if hashlib.sha256(found).hexdigest() == digest:
            with suppress(OSError):
                _note(folder, {name: seen})
            return found
    with suppress(*BROKEN):
        return right(gzip.decompress((folder / f"{name}.gz").read_bytes()), digest)
    return None


def fetched(folder: Path, digests: Mapping[str, str]) -> dict[str, bytes]:
    """The files of these names and SHA-256, which are put into the folder whole, once for all processes that want them.

    Raises:
        OSError: the folder can't be written to, or no server has them.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            return {
                name: content(folder, name, digest) or _fetch(folder / name, digest) for name, digest in digests.items()
            }
    except OSError as error:
        raise OSError(
            f"MNIST can't be fetched into {folder} ({error}): set data.root (or MINILAB_DATA) to a folder that holds "
            "MNIST/raw or can be written to, or use the digits in the repository with data=mnist20k"
        ) from None


def _fetch(path: Path, digest: str) -> bytes:
    from torchvision.datasets import MNIST  # a second to import; it knows where the files are

    said = []
    for mirror in MNIST.mirrors:
        try:
            with urlopen(f"{mirror}{path.name}.gz", timeout=SECONDS) as response:
                found = right(gzip.decompress(response.read()), digest)
            put(found, path)
            return found
        except BROKEN as error:
            said.append(f"{mirror}: {error}")
    raise OSError("; ".join(said))


def right(found: bytes, digest: str) -> bytes:
    """The bytes; raises ValueError where they have another SHA-256."""
    if hashlib.sha256(found).hexdigest() != digest:
        raise ValueError("SHA-256 differs")
    return found


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(folder: Path, seen: dict[str, list[str | int]]) -> None:
    """Keeps what has been verified, in a folder that is meant to be written to (anything can be, by root)."""
    if folder.stat().st_mode & 0o200:
        put(json.dumps(_verified(folder) | seen), folder / VERIFIED)


def _verified(folder: Path) -> dict[str, list[str | int]]:
    with suppress(OSError, ValueError):
        found = json.loads((folder / VERIFIED).read_text())
        return found if isinstance(found, dict) else {}
    return {}
