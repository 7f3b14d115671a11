"""Which code a run was made with."""

import subprocess
from pathlib import Path

import pytest

from src.lab.records import source
from tests.conftest import ROOT


def test_the_revision_is_that_of_the_project() -> None:
    revision = source.git_revision()
    assert revision is None or (ROOT / ".git").exists()


def test_the_versions_are_those_that_are_installed() -> None:
    import numpy as np

    assert source.versions()["numpy"] == np.__version__
    assert {"torch", "pytorch-lightning", "hydra-core"} <= set(source.versions())


@pytest.fixture
def repository(copy: Path) -> Path:
    """The project's files, committed."""
    git(copy, "init", "--quiet")
    git(copy, "add", "src", "conf", ".gitignore")
    git(copy, "commit", "--quiet", "--message", "all")
    return copy


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


def revision(folder: Path) -> str:
    code = "from src.lab.records.source import git_revision; print(git_revision())"
    command = [str(ROOT / ".venv/bin/python"), "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_new_and_changed_files_are_said_to_be_no_part_of_the_commit(repository: Path) -> None:
    commit = git(repository, "rev-parse", "--short=12", "HEAD")
    assert revision(repository) == commit
    new = repository / "src" / "experiments" / "mine.py"
    new.write_text("")
    assert revision(repository) == f"{commit}-dirty", "a new model is not in the commit"
    new.unlink()
    with (repository / "conf" / "config.yaml").open("a") as file:
        file.write("# changed\n")
    assert revision(repository) == f"{commit}-dirty"
