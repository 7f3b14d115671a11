"""Every command of the README does what it says, in a fresh copy of the project, on less data."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, TINY, TINY_DISK

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.split(" # ")[0].strip() for block in BLOCKS for line in block.splitlines() if line.strip()]
ELSEWHERE = ("git clone", "cd ", "source ", "make install", "make test", "make lint")  # what got us here, and CI's own
LONG_RUNNING = ("make dashboard", "python -m src.train sweep=reports", "python -m src.train sweep=ablation")
STUDIES = "python -m src.train sweep=disk_"  # tests/disk/test_studies.py runs each of their runs
RUN = [line for line in COMMANDS if not line.startswith((*ELSEWHERE, *LONG_RUNNING, STUDIES))]


@pytest.fixture(scope="module")
def grown(copy: Path) -> Path:
    """The copy with what the README adds to it."""
    for diff in re.findall(r"```diff\n(.*?)```", README, re.DOTALL):
        subprocess.run(["patch", "-p1"], cwd=copy, input=diff, text=True, check=True, capture_output=True)
    return copy


def test_what_the_readme_adds_is_as_well_kept_as_the_rest(grown: Path) -> None:
    for check in (
        ["ruff", "format", "--check", "src"],
        ["ruff", "check", "src"],
        ["mypy", "src", "--cache-dir", f"{ROOT}/.mypy_cache"],
    ):
        done = run(f"python -m {' '.join(check)}", grown)
        assert done.returncode == 0, done.stdout


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=280)


@pytest.mark.parametrize("line", RUN)
def test_a_command_of_the_readme(line: str, grown: Path) -> None:
    if "src.train" in line or "src.tune" in line:
        tiny = TINY_DISK if "model=disk" in line else TINY
        given = {word.lstrip("'").partition("=")[0] for word in line.split()}
        data = [each for each in tiny if each.partition("=")[0] not in given]
        workers = ["hydra.launcher.workers=1"] * bool({"-m", "sweep"} & given)  # each takes seconds to start
        line = f"{line} {' '.join([*data, *workers])}"
        for long, short in ("range(10)", "range(2)"), ("runs=50", "runs=2"), ("--trials 20", "--trials 2"):
            line = line.replace(long, short)
    if "<run folder>" in line:
        run(f"python -m src.train {' '.join(TINY)}", grown)
        line = line.replace("<run folder>", max(map(str, (grown / "outputs" / "runs").iterdir())))
    done = run(line, grown)
    assert done.returncode == 0, f"{line}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
    assert "error" in done.stdout or "make" in line or "--dry-run" in line, (
        "a run, a sweep or a report ends with its figures"
    )


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("make ")])
def test_every_make_target_of_the_readme_exists(line: str) -> None:
    done = subprocess.run(["make", "--dry-run", *line.split()[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_readme_has_commands() -> None:
    assert len(RUN) >= 5


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    assert all(f"make {target}" in done.stdout for target in phony[1].split())
