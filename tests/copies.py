"""What a user does in a copy of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT


def do(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of the project, with its own python and its own `src`."""
    env = {name: value for name, value in os.environ.items() if name not in ("HYDRA_FULL_ERROR", "PYTHONPATH")}
    env |= {"PATH": f"{ROOT / '.venv' / 'bin'}:{env['PATH']}"}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=500)


def python(project: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return do(project, "python", "-m", module, *arguments)


def lint(project: Path, *variables: str) -> None:
    """`make lint` has nothing to say; what mypy knows of other people's packages is not found out anew."""
    known = ROOT / ".mypy_cache"
    if known.is_dir() and not (project / known.name).exists():
        shutil.copytree(known, project / known.name)
    done = do(project, "make", "lint", *variables)
    assert done.returncode == 0, done.stdout + done.stderr


def files(project: Path) -> set[str]:
    """All of the project's own, by their paths."""
    found = (path.relative_to(project) for root in ("src", "conf", "tests") for path in (project / root).rglob("*"))
    own = {path.as_posix() for path in found if "__pycache__" not in path.parts}
    return own | {path.name for path in project.iterdir()}
