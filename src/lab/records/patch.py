"""The project as git knows it: its commit, and as a patch what differs from that. Imports no torch."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

log = logging.getLogger(__name__)

LIMIT = 1_000_000  # bytes that a patch has at most
MOST = 20  # files that are said to be left out of it
SECONDS = 10.0  # that git may take for an answer
SECRET = ".env*", "*.pem", "*.key", "*.p12", "credentials.*", "secrets.*", ".netrc"  # files that are nobody's to copy
POINTING = "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"  # a hook has these set
CALM = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}  # writes nothing, asks no server
# The same patch whatever somebody's own settings say of diffs.
DIFF = (
    "-c", "diff.relative=false", "-c", "core.safecrlf=false", "diff", "HEAD", "--binary", "--full-index", "--no-color",
    "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=all", "-U3", "--src-prefix=a/",
    "--dst-prefix=b/",
)  # fmt: skip
HEAD = """What is not in the commit {commit}. In a checkout of it, this gives it back:
    git checkout {commit} && git apply --whitespace=nowarn {{this file}}
"""


class Difference(NamedTuple):
    """The commit, with `-dirty` where files differ from it or are new, or None where there is none; what differs, empty
    where nothing does; and what of it the patch leaves out, and why.
    """

    revision: str | None
    patch: bytes = b""
    left_out: tuple[str, ...] = ()


def difference(project: Path, places: Sequence[str]) -> Difference:
    """What git says of the folder of a project. Never raises: without git or a repository that it reads, there is none.

    Args:
        project: may lie anywhere in a repository.
        places: patterns of git's for where files count that are not tracked, if git does not ignore them.
    """
    try:
        command = "status", "--porcelain=v2", "--branch", "-z", "--no-renames", "--untracked-files=no"
        status = git(project, *command, "--ignore-submodules=dirty", "--", ".").split(b"\0")
        new = git(project, "ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--", *places).split(
            b"\0"
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.info("no commit is recorded: %s", _why(error))
        return Difference(None)
    commit = next((line.split()[-1] for line in status if line.startswith(b"# branch.oid")), b"(initial)").decode()
    entries = [line for line in status if line[:2] in (b"1 ", b"u ")]
    if commit == "(initial)":
        return Difference(None)
    if not entries and new == [b""]:
        return Difference(commit[:12])
    try:
        patch, left_out = _patch(project, entries, list(filter(None, new)))
    except (OSError, subprocess.SubprocessError) as error:
        log.info("what is not in the commit is not recorded: %s", _why(error))
        patch, left_out = b"", [f"everything ({_why(error)})"]
    if len(left_out) > MOST:
        left_out[MOST:] = [f"and {len(left_out) - MOST} more"]
    head = HEAD.format(commit=commit) + (f"Left out: {', '.join(left_out)}\n" if left_out else "")
    return Difference(f"{commit[:12]}-dirty", head.encode() + b"\n" + patch, tuple(left_out))


def git(project: Path, *arguments: str, given: bytes = b"", within: Mapping[str, str] = {}) -> bytes:
    """Raises SubprocessError where git fails or takes too long, OSError where there is none."""
    inherited = {name: value for name, value in os.environ.items() if name not in POINTING}
    return subprocess.run(
        ["git", "-C", str(project), *arguments],
        input=given, env=inherited | CALM | dict(within), capture_output=True, check=True, timeout=SECONDS,
    ).stdout  # fmt: skip


def _patch(project: Path, entries: Sequence[bytes], new: Sequence[bytes]) -> tuple[bytes, list[str]]:
    """The patch, and what is left out of it. Files that are new are told to a copy of git's index, not to its own."""
    said = git(project, "rev-parse", "--show-toplevel", "--show-prefix", "--git-path", "index", "--git-path", "objects")
    top, prefix, index, objects = said.decode(errors="surrogateescape").split("\n")[:4]
    changed = [(line.split(b" ", 10 if line[:1] == b"u" else 8)[-1], line.split(b" ")[2]) for line in entries]
    refused = {name: why for name, kind in [*changed, *((name, b"") for name in new)] if (why := _no(top, name, kind))}
    told = [name for name in new if name not in refused]
    with TemporaryDirectory() as aside:
        own = {"GIT_INDEX_FILE": f"{aside}/index", "GIT_OBJECT_DIRECTORY": aside}
        own["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = '"' + str((project / objects).resolve()) + '"'
        if any(line[:1] == b"u" for line in entries):  # a merge that is not over
            git(project, "read-tree", "HEAD", within=own)
        else:
            shutil.copyfile(project / index, f"{aside}/index")
        if told:
            add = "add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul"
            quiet = "-c", "core.splitIndex=false", "-c", "core.safecrlf=false", "--literal-pathspecs"
            git(Path(top), *quiet, *add, given=b"\0".join(told), within=own)
        without = [f":(top,literal,exclude){os.fsdecode(name)}" for name in refused]
        whole = git(project, *DIFF, "--", ".", *without, within=own)
    kept, dropped = _within(LIMIT, re.split(rb"(?m)^(?=diff --git )", whole)[1:], os.fsencode(prefix))
    return b"".join(kept), [f"{_shown(name)} ({why})" for name, why in refused.items()] + dropped


def _no(top: str, name: bytes, kind: bytes) -> str | None:
    """Why a file is not to be copied, if it isn't."""
    path = Path(top) / os.fsdecode(name)
    if kind.startswith(b"S") or name.endswith(b"/"):
        return "a repository of its own"
    if any(fnmatch(path.name.lower(), pattern) for pattern in SECRET):
        return "may hold a secret"
    try:
        size = path.lstat().st_size
    except OSError:  # deleted
        return None
    return f"{size / 1e6:.1f} MB" if size > LIMIT else None


def _within(limit: int, parts: Sequence[bytes], prefix: bytes) -> tuple[list[bytes], list[str]]:
    """The parts of a patch, a file each, that fit: first those of the code, and the smallest of them."""
    kept, dropped, room = set[int](), list[str](), limit
    names = [part.partition(b"\n")[0].removeprefix(b"diff --git ") for part in parts]
    names = [name[: len(name) // 2].strip(b'"')[2:] for name in names]  # of `a/name b/name`
    code = [name.startswith((prefix + b"src/", prefix + b"conf/")) or name.endswith(b".py") for name in names]
    for i in sorted(range(len(parts)), key=lambda i: (not code[i], len(parts[i]))):
        if len(parts[i]) <= room:
            kept.add(i)
            room -= len(parts[i])
        else:
            dropped.append(f"{_shown(names[i])} ({len(parts[i]) / 1e6:.1f} MB of differences)")
    return [part for i, part in enumerate(parts) if i in kept], dropped


def _shown(name: bytes) -> str:
    """In one line."""
    return name.decode(errors="backslashreplace").encode("unicode_escape").decode()


def _why(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error).encode()
    return (said.decode(errors="replace").strip().splitlines() or ["git fails"])[0]
