"""Every command of this experiment's README does what it says, in a fresh copy of the project, on less data."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, Command
from tests.readme import commands, grow, quickly, trained

from .tiny import TINY_DISK

README = ROOT / "src" / "experiments" / "disk" / "README.md"
COMMANDS = [line for line in commands(README) if "src.reproduce" not in line]  # which has tests of its own
STUDY = "python -m src.train sweep=disk_"  # test_studies.py trains whatever these ask for


@pytest.fixture(scope="module")
def grown(copy: Path) -> Path:
    grow(copy, README)
    return copy


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("line", [line for line in COMMANDS if not line.startswith(STUDY)])
def test_a_command_of_the_readme(line: str, grown: Path, here: Command, tmp_path: Path) -> None:
    place = (grown, None) if "model=disk_narrow" in line else (tmp_path, here)  # which only the copy has
    results = trained(quickly(line, TINY_DISK), *place)
    swept = [word.partition("=")[2].split(",") for word in shlex.split(line) if "," in word]
    assert len(results) == (len(swept[0]) if swept else 1)
    assert {(result["status"], len(result["runs"])) for result in results} == {("completed", 2)}


def test_the_readme_says_what_every_file_is() -> None:
    text = README.read_text().partition("## The files")[2]
    files = {path.name for path in README.parent.iterdir() if path.is_file()} - {"README.md", "__init__.py"}
    assert {line.split()[0] for line in text.splitlines() if line.split()[1:]} & files == files
