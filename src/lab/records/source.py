"""Which code a run was made with. Imports no torch."""

from __future__ import annotations

import subprocess
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("torch", "pytorch-lightning", "hydra-core", "numpy")


def versions() -> dict[str, str]:
    """Of the packages that figures depend on."""
    return {package: version(package) for package in PACKAGES}


def git_revision() -> str | None:
    """The commit of the project, with `-dirty` where files differ from it or are new; None outside a repository."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(Path(__file__).parents[3]), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        revision = git("describe", "--always", "--dirty", "--abbrev=12")
        new = revision.endswith("-dirty") or not git("ls-files", "--others", "--exclude-standard", "src", "conf")
    except (OSError, subprocess.CalledProcessError):
        return None
    return revision if new else f"{revision}-dirty"
