"""Which code a run was made with. Imports no torch."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from omegaconf import DictConfig, OmegaConf

from .patch import Difference, difference

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[3]
PACKAGES = ("torch", "pytorch-lightning", "hydra-core", "numpy")
NAME = re.compile(r'"((\w+)(?:\.\w+)+)"')  # of code, as a configuration has it
EXPERIMENT = re.compile(r"src[./]experiments[./](\w+)")

Stamp = tuple[int, int]  # of a file: when it was changed, and its size
Specs = dict[str, ModuleSpec]  # by file, what Python knows of the module that it was imported as


class Source(NamedTuple):
    """The commit and what differs from it, and twelve digits of the code itself: the same code has the same digits,
    whatever was committed of it, and with no git at all.
    """

    commit: Difference
    code: str

    def said(self) -> dict[str, Any]:
        """As results have it."""
        return {
            "versions": versions(),
            "git": self.commit.revision,
            "code": self.code,
            "left_out": list(self.commit.left_out),
        }


class _Taken(NamedTuple):
    """What was found in the project, and which of it this process had imported by then."""

    stamps: dict[str, Stamp]
    digests: dict[str, bytes]
    commit: Difference
    imported: Specs


_taken: dict[tuple[Path, tuple[str, ...]], _Taken] = {}


@cache
def versions() -> dict[str, str]:
    """Of the packages that figures depend on."""
    return {package: version(package) for package in PACKAGES}


def of(cfg: DictConfig, project: Path = ROOT) -> Source:
    """The code that this process runs for a configuration.

    That is what lies in the project when this is first called. Later calls look whether a file has changed since, and
    take it anew; not where a module of that name has been imported, and not again: it is still what it was.

    Code are the Python files in `src` (of `src/experiments` only what the configuration names) and in other packages of
    the project that it names. What else it depends on, other hashes say: the configuration's, and that of the data.
    """
    said = json.dumps(OmegaConf.to_container(cfg, resolve=False), default=str)
    packages = sorted({name for _, name in NAME.findall(said)} - {"src", "conf"})
    roots = "src", *(name for name in packages if _lies_in(project, name))
    stamps, imported = dict(_stamps(project, roots)), _imported(project, roots)
    found = _taken.get((project, roots))
    changed = {path for path, _ in stamps.items() ^ found.stamps.items()} if found else set()
    stale = sorted(path for path in changed & imported.keys() if found and found.imported.get(path) is imported[path])
    if stale:
        log.info("changed since this process imported it, and not imported again: %s", ", ".join(stale))
    elif found and not changed:
        found.imported.update(imported)
    if not found or (changed and not stale):
        digests = {path: _digest(project / path) for path in stamps}
        places = "src", "conf", *(each for root in roots[1:] for each in (f"{root}.py", f":(glob){root}/**/*.py"))
        found = _taken[project, roots] = _Taken(stamps, digests, difference(project, places), imported)
    return Source(found.commit, _code(found.digests, {*EXPERIMENT.findall(said)}))


def _code(digests: dict[str, bytes], experiments: set[str]) -> str:
    whole = hashlib.sha256()
    for path, digest in sorted(digests.items()):
        of_experiment = EXPERIMENT.match(path)
        if not of_experiment or of_experiment[1] in experiments | {"__init__"}:
            whole.update(path.encode(errors="surrogateescape") + b"\0" + digest)
    return whole.hexdigest()[:12]


def _digest(file: Path) -> bytes:
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:  # gone meanwhile, or not to be read: nor can it be imported
        return b""


def _lies_in(project: Path, name: str) -> bool:
    return (project / f"{name}.py").is_file() or (project / name).is_dir()


def _stamps(project: Path, roots: tuple[str, ...]) -> Iterator[tuple[str, Stamp]]:
    """Of every Python file, by its path in the project."""
    waiting = [root for root in roots if (project / root).is_dir()]
    been = {os.path.realpath(project / root) for root in waiting}
    for root in roots:
        if (file := project / f"{root}.py").is_file():
            yield f"{root}.py", (file.stat().st_mtime_ns, file.stat().st_size)
    while waiting:
        folder = waiting.pop()
        with suppress(OSError), os.scandir(project / folder) as entries:  # one that may not be read is not imported
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.name.startswith(".") or entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                    waiting += [path] * (real not in been)
                    been.add(real)
                elif entry.name.endswith(".py") and entry.is_file():
                    yield path, (entry.stat().st_mtime_ns, entry.stat().st_size)


def _imported(project: Path, roots: tuple[str, ...]) -> Specs:
    """The modules that this process has imported."""
    specs = [vars(module).get("__spec__") for name, module in [*sys.modules.items()] if name.partition(".")[0] in roots]
    found = ((spec.origin, spec) for spec in specs if spec and spec.origin)
    return {os.path.relpath(path, project): spec for path, spec in found}
