"""The completions of shells, in the shells themselves: what a terminal shows after a tab."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.lab.toy import TOY

SHELLS = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}
SPACE = f"'{TOY[0]}'"  # quoted, as a shell wants brackets
SECONDS = 60  # at most, on a busy machine
CLEAR = b"\x15"  # as control and u do
READY = "echo be''gun\n"  # once all before it is done

Typed = Callable[[str, str], str]


@pytest.fixture(params=SHELLS)
def typed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Typed]:
    """What stands on the line after a tab, once something has come that is expected."""
    shell = request.param
    if not (found := shutil.which(shell)):
        pytest.skip(f"{shell} is not installed")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "TERM": "dumb", "PS1": "ready> ", "LANG": "C.UTF-8"}
    terminal, inside = pty.openpty()
    command = [found, *SHELLS[shell]]
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=inside, stdout=inside, stderr=inside, start_new_session=True
    )
    os.close(inside)

    def until(pattern: str) -> str:
        said, end = "", time.monotonic() + SECONDS
        while not re.search(pattern, said) and time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                said += os.read(terminal, 65536).decode(errors="replace")
        return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]|\x07|\r", "", said)

    def complete(line: str, expected: str) -> str:
        os.write(terminal, CLEAR + line.encode() + b"\t")
        return until(expected)

    os.write(terminal, f"source {ROOT}/src/completion.{shell}; cd {tmp_path}; export PYTHONPATH={ROOT}\n".encode())
    complete(READY, "begun")
    yield complete
    child.kill()
    child.wait()
    os.close(terminal)


def test_choices_keys_several_values_and_folders_are_completed(typed: Typed, tmp_path: Path) -> None:
    train = "python -m src.train"
    for line, expected in (
        (f"{train} optimizer=mom", "optimizer=momentum"),
        (f"{train} -m 'seed=range(3)' optimizer=sgd,mom", "optimizer=sgd,momentum"),
        (f"{train} {SPACE} model=toy_w", "model=toy_wide"),
        (f"{train} {SPACE} model=toy optimizer.l", r"optimizer\.lr="),
        ("python3 -m src.decide schedule=cons", "schedule=constant"),
    ):
        assert re.search(expected, typed(line, expected)), line
    (tmp_path / "run a[b]").mkdir()
    quoted = re.escape(r"resume=run\ a\[b\]/")
    assert re.search(quoted, typed(f"{train} resume=ru", quoted))


def test_several_that_fit_are_listed_after_a_second_tab(typed: Typed) -> None:
    line = "python -m src.train callbacks="
    typed(line, "callbacks=")
    assert "callbacks=early_stopping" in typed(line + "\t", "callbacks=early_stopping")


def test_other_commands_of_python_are_left_alone(typed: Typed) -> None:
    said = typed("python -m json.tool optimizer=mom", "mom") + typed(READY, "begun")
    assert "begun" in said and "momentum" not in said
