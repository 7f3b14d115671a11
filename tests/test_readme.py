"""Every command of the README does what it says, in a fresh copy of the project, on less data."""

from __future__ import annotations

import os
import re
import shutil
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
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that git knows, with the environment that the tests run in."""
    target = tmp_path_factory.mktemp("minilab")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=280)


@pytest.mark.parametrize("line", RUN)
def test_a_command_of_the_readme(line: str, copy: Path) -> None:
    if "src.train" in line:
        tiny = TINY_DISK if "model=disk" in line else TINY
        given = {word.lstrip("'").partition("=")[0] for word in line.split()}
        data = [each for each in tiny if each.partition("=")[0] not in given]
        line = f"{line} {' '.join(data)}".replace("range(10)", "range(2)").replace("runs=50", "runs=2")
    if "<run folder>" in line:
        run(f"python -m src.train {' '.join(TINY)}", copy)
        line = line.replace("<run folder>", max(map(str, (copy / "outputs" / "runs").iterdir())))
    done = run(line, copy)
    assert done.returncode == 0, f"{line}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
    assert "error" in done.stdout or "make" in line, "a run, a sweep or a report ends with its figures"


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
