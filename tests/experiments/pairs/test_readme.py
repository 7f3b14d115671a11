"""Every command of this experiment's README does what it says, in a fresh copy of the project, on less data."""

from __future__ import annotations

import shlex
from math import prod
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from src.lab.places import CONF
from src.lab.records.reported import sources
from tests.conftest import ROOT, Command
from tests.readme import commands, grow, quickly, run, trained

from .tiny import TINY

README = ROOT / "src" / "experiments" / "pairs" / "README.md"
COMMANDS = [line for line in commands(README) if "src.reproduce" not in line]  # which has tests of its own
ADDED = "model=wide", "data=same", "optimizer=rmsprop"  # what only the copy has
SWEEPS = CONF / "experiments" / "pairs" / "sweep"


@pytest.fixture(scope="module")
def grown(copy: Path) -> Path:
    grow(copy, README)
    return copy


@pytest.mark.long
def test_what_the_readme_adds_is_as_well_kept_as_the_rest(grown: Path) -> None:
    for check in "ruff format --check", "ruff check", f"mypy --cache-dir {ROOT}/.mypy_cache":
        done = run(f"python -m {check} src/experiments/pairs", grown)
        assert done.returncode == 0, done.stdout


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme(line: str, grown: Path, here: Command, tmp_path: Path) -> None:
    one_seed = " seed=0" if "sweep=" in line else ""
    place = (grown, None) if any(each in line for each in ADDED) else (tmp_path, here)
    results = trained(quickly(line, TINY) + one_seed, *place)
    assert len(results) == asked_for(line)
    assert {result["status"] for result in results} == {"completed"}


def asked_for(line: str) -> int:
    """How many runs a command makes when it is run quickly: two seeds of each combination, or one of a sweep's."""
    count = 1
    for word in shlex.split(line):
        key, _, value = word.partition("=")
        if key == "sweep":
            params = OmegaConf.load(SWEEPS / f"{value}.yaml").hydra.sweeper.params
            return prod(len(str(each).split(",")) for name, each in params.items() if name != "seed")
        count *= 2 if value.startswith("range(") else len(value.split(","))
    return count


def test_every_sweep_is_named_by_the_readme_or_trained_for_a_report() -> None:
    named = {word.removeprefix("sweep=") for line in COMMANDS for word in line.split() if word.startswith("sweep=")}
    trained = {part.sweep for source in sources()["pairs"].values() for part in source.parts}
    assert named | trained == {path.stem for path in SWEEPS.glob("*.yaml")}


def test_the_readme_says_what_every_file_is() -> None:
    text = README.read_text().partition("## The files")[2]
    files = {path.name for path in README.parent.iterdir() if path.is_file()} - {"README.md", "__init__.py"}
    assert {line.split()[0] for line in text.splitlines() if line.split()[1:]} & files == files
