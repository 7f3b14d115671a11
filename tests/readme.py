"""What the tests of the READMEs share: a README's commands and diffs, and a shell in a copy of the project."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, Command, results_in

TRAINS = ("python -m src.train ", "python -m src.tune ")
FEWER = ("range(10)", "range(2)"), ("range(3)", "range(2)"), ("runs=50", "runs=2"), ("--trials 20", "--trials 2")


def commands(readme: Path) -> Iterator[str]:
    """The lines of its bash blocks, without their comments."""
    for block in re.findall(r"```bash\n(.*?)```", readme.read_text(), re.DOTALL):
        for line in block.splitlines():
            if command := line.split(" # ")[0].strip():
                yield command


def grow(folder: Path, readme: Path) -> None:
    """Adds to the copy what the README's diffs add."""
    for diff in re.findall(r"```diff\n(.*?)```", readme.read_text(), re.DOTALL):
        subprocess.run(["patch", "-p1"], cwd=folder, input=diff, text=True, check=True, capture_output=True)


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line as a shell reads it, with the copy's own `src` and the environment that the tests run in."""
    env = {name: value for name, value in os.environ.items() if name not in ("HYDRA_FULL_ERROR", "PYTHONPATH")}
    env |= {"PATH": f"{ROOT / '.venv' / 'bin'}:{env['PATH']}"}
    return subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=280)


def quickly(line: str, tiny: Sequence[str]) -> str:
    """A command that trains on less data and over fewer seeds; what it sets itself stays as it is."""
    if not line.startswith(TRAINS):
        return line
    _, _, _, *arguments = shlex.split(line)  # after python -m src.train
    given = {word.partition("=")[0] for word in arguments}
    added = [each for each in tiny if each.partition("=")[0] not in given]
    if {"-m", "sweep"} & given:
        added.append("hydra.launcher.workers=1")  # each takes seconds to start
    for many, few in FEWER:
        line = line.replace(many, few)
    return " ".join([line, *added])


def trained(line: str, folder: Path, here: Command | None = None) -> list[dict[str, Any]]:
    """What came of each of the runs of a command, which has to succeed; `here` runs it in the process of the tests, of
    the project itself, with its outputs in the folder.
    """
    before = {str(each) for each in results_in(folder / "outputs")}
    done = here(*shlex.split(line)[2:], place=folder) if here else run(line, folder)
    assert done.returncode == 0, f"{line}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
    assert "test error" in done.stdout, "a run ends with its figures, and a sweep has them in its progress"
    return [each for each in results_in(folder / "outputs") if str(each) not in before]
