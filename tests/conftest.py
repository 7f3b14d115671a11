"""What tests share: the commands, as real processes or in this one, and a copy of the project."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra.core.global_hydra import GlobalHydra
from hypothesis import settings

from tests.gpu import pytest_runtest_setup  # noqa: F401
from tests.long import pytest_addoption, pytest_collection_modifyitems, pytest_configure  # noqa: F401

settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`command("src.train", "seed=1")`: a process of its own that writes into tmp_path/outputs."""

    def run(module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if k not in ("HYDRA_FULL_ERROR", "MINILAB_DATA")}
        env |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error:::src", **environment}
        call = [sys.executable, "-m", module, *arguments]
        return subprocess.run(call, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The same command in the process of the tests, which has spent the seconds of its imports already."""

    def run(module: str, *arguments: str, place: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(place)
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        monkeypatch.setenv("HYDRA_FULL_ERROR", "0")  # the command sets it: put back when the test is over
        capfd.readouterr()
        code: Any = 0
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as exit_:
            code = exit_.code
        finally:
            GlobalHydra.instance().clear()
        said = capfd.readouterr()
        words = code if isinstance(code, str) else ""  # as Python itself prints them
        return subprocess.CompletedProcess(sys.argv, 1 if words else code or 0, said.out, said.err + words)

    return run


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """See `fresh`."""
    return fresh(tmp_path_factory.mktemp("copy"))


def fresh(target: Path) -> Path:
    """A copy of the project: the files that git knows or would add, and the environment that the tests run in."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


def results_in(folder: Path) -> list[dict[str, Any]]:
    """Every result.json below the folder, in the order of their paths."""
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("result.json"))]
