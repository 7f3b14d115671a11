"""Git repositories for tests, made by git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

WHO = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]


def git(folder: Path, *arguments: str) -> str:
    """What git answers, whatever settings of its own somebody has."""
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-C", str(folder), *WHO, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()


def repository(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files, committed."""
    put(folder, files)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    return folder


def put(folder: Path, files: dict[str, bytes | None]) -> None:
    """Writes them, or takes them away."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def given_back(folder: Path, patch: bytes, into: Path) -> Path:
    """A checkout of the commit, with the patch."""
    git(folder, "clone", "--quiet", str(folder), str(into))
    file = into.with_suffix(".patch")
    file.write_bytes(patch)
    git(into, "apply", "--whitespace=nowarn", str(file))
    return into


def contents(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """Of every file but git's own, what stands in it, and whether it may be run."""
    paths = [path for path in folder.rglob("*") if ".git" not in path.parts and (path.is_file() or path.is_symlink())]
    return {str(path.relative_to(folder)): _content(path) for path in paths}


def _content(path: Path) -> tuple[bytes, bool]:
    if path.is_symlink():
        return os.fsencode(path.readlink()), False
    return path.read_bytes(), os.access(path, os.X_OK)
