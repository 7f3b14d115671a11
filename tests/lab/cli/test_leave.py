"""The end of a command's process: all that is to be done at exit is done, and the status is its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

COMMAND = """
import atexit, sys, threading, time
from pathlib import Path
from src.lab.cli.leave import leaving

class Kept:
    def __del__(self):
        Path({folder!r}, "taken apart").touch()

kept = Kept()
with leaving():
    atexit.register(Path({folder!r}, "at exit").touch)
    threading.Thread(target=lambda: (time.sleep(0.3), Path({folder!r}, "waited").touch())).start()
    sys.stdout.write("said")  # no line's end: nothing has flushed it yet
    {end}
"""


def leave(folder: Path, end: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = before + COMMAND.format(folder=str(folder), end=end)
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("end", "status"), [("pass", 0), ("sys.exit()", 0), ("sys.exit(0)", 0), ("sys.exit(1)", 1), ("sys.exit(143)", 143)]
)
def test_what_is_to_be_done_at_exit_is_done_and_nothing_is_taken_apart(end: str, status: int, tmp_path: Path) -> None:
    process = leave(tmp_path, end)
    assert (process.returncode, process.stdout, process.stderr) == (status, "said", "")
    assert {path.name for path in tmp_path.iterdir()} == {"at exit", "waited"}


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [("raise ValueError('wrong')", 1, "ValueError: wrong"), ("sys.exit('wrong')", 1, "wrong")],
)
def test_what_is_raised_ends_it_in_the_ordinary_way(end: str, status: int, said: str, tmp_path: Path) -> None:
    process = leave(tmp_path, end)
    assert (process.returncode, process.stdout) == (status, "said")
    assert said in process.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"at exit", "waited", "taken apart"}


def test_who_watches_the_process_has_its_end(tmp_path: Path) -> None:
    assert leave(tmp_path, "pass", "import sys; sys.modules['coverage'] = sys\n").returncode == 0
    assert (tmp_path / "taken apart").exists()


def test_a_process_that_only_ran_it_as_a_part_ends_as_its_own(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("from src.lab.cli.leave import leaving\nwith leaving():\n    pass\n")
    run = f"import runpy, sys\nrunpy.run_path({str(tmp_path / 'part.py')!r}, run_name='__main__')\nsys.exit(3)"
    process = subprocess.run([sys.executable, "-c", run], cwd=ROOT, check=False)
    assert process.returncode == 3
