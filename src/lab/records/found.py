"""Every result below some folders, whatever lies beside it. Imports no torch."""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import results

Found = tuple[Path, results.Result]
STUDY = "study.db"  # in the folder of a search, beside its trials


def below(folders: Iterable[Path | str], everything: bool = True) -> list[Found]:
    """The result files at any depth, links followed, each once whichever ways lead to it. What can't be read is said on
    stderr, a line each, and passed over. Without `everything`, so are the trials of searches and what was run to find a
    mistake (`debug=…`), but for folders that hold nothing else.

    Raises:
        FileNotFoundError: there is no result file below a folder.
        ValueError: none of them can be read.
    """
    places = [Path(folder) for folder in folders]
    been: set[tuple[int, int]] = set()
    found, damaged = list[Found](), list[str]()
    for place in places:
        there: list[Found] = []
        for path in _files(place, been):
            try:
                there.append((path, results.read(path)))
            except (OSError, ValueError) as error:
                damaged.append(f"{path}: {error.strerror}" if isinstance(error, OSError) else str(error))
        found += there if everything else _to_compare(there)
    if not found and len(damaged) == 1:
        raise ValueError(damaged[0])
    if damaged:
        said = f"{len(damaged)} result{'s' * (len(damaged) > 1)} could not be read"
        print(*damaged, sep="\n", file=sys.stderr)
        if not found:
            raise ValueError(f"{said}, and there is no other")
        print(said, file=sys.stderr)
    if not found:
        raise _nothing(*places)
    return found


def _to_compare(found: list[Found]) -> list[Found]:
    """Those that were made to be compared, if there are any; what is left out is said."""
    studies = {folder for folder in {path.parent.parent for path, _ in found} if (folder / STUDY).is_file()}
    kinds = [_kind(path, result, studies) for path, result in found]
    left = Counter(filter(None, kinds))
    if not left or left.total() == len(found):
        return found
    said = (f"{count} {kind.replace('run', 'runs') if count > 1 else kind}" for kind, count in left.items())
    print(f"left out: {' and '.join(said)}; a report of their folder alone shows them", file=sys.stderr)
    return [each for each, kind in zip(found, kinds, strict=True) if not kind]


def _kind(path: Path, result: results.Result, studies: set[Path]) -> str | None:
    if path.parent.parent in studies:
        return "run of a search"
    return "run with debug=…" if result["group"].get("debug", "null") != "null" else None


def _files(folder: Path, been: set[tuple[int, int]]) -> Iterator[Path]:
    """A run's own folder is not listed, nor searched any further, nor one where the search has been already: of many
    thousand runs, listing each would take most of the time.
    """
    found, waiting = False, [os.fspath(folder)]
    while waiting:
        place = waiting.pop()
        try:
            where = os.stat(place)  # noqa: PTH116 - of a thousand folders twice as fast as by Path
            if (known := (where.st_dev, where.st_ino)) in been:
                found = True
                continue
            been.add(known)
            if _is_there(path := os.path.join(place, results.NAME)):  # noqa: PTH118 - likewise
                found = True
                yield Path(path)
            else:
                waiting += sorted(_folders(place), reverse=True)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:  # a folder below that may not be looked into is passed over
            if error.filename == os.fspath(folder):
                raise
            print(f"{error.filename}: {error.strerror}, passed over", file=sys.stderr)
    if not found:
        raise _nothing(folder)


def _is_there(path: str) -> bool:
    """Whether there is a file of that name, which may be a link that leads nowhere."""
    try:
        return not stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def _folders(place: str) -> list[str]:
    with os.scandir(place) as entries:
        return [
            entry.path
            for entry in entries
            if entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and Path(entry.path).is_dir())
        ]


def _nothing(*folders: Path) -> FileNotFoundError:
    return FileNotFoundError(f"there is no {results.NAME} in {' or '.join(map(str, folders))} or below it")
