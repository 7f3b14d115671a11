"""The package itself: what it says where nothing is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from src.lab.places import ROOT

OTHERS = "__init__", "src"  # no doors


@pytest.mark.parametrize("door", sorted(path.stem for path in (ROOT / "src").glob("*.py") if path.stem[0] != "_"))
def test_without_its_packages_a_door_says_what_to_install(door: str, tmp_path: Path) -> None:
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module('src.{door}', run_name='__main__')"
    isolated = [sys._base_executable, "-I", "-S", "-c", code]  # no site-packages
    done = subprocess.run(isolated, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: the packages are not here: run `make install`, then `source .venv/bin/activate`\n"


@pytest.mark.parametrize("door", sorted(path.stem for path in (ROOT / "src").glob("*.py") if path.stem not in OTHERS))
def test_so_does_its_file(door: str, tmp_path: Path) -> None:
    command = [sys._base_executable, "-E", "-s", "-S", str(ROOT / "src" / f"{door}.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: the packages are not here: run `make install`, then `source .venv/bin/activate`\n"
