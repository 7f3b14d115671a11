"""What tests share: the commands as real processes, and runs small enough for a second."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("minilab", deadline=None)  # a busy machine is no failure
settings.load_profile("minilab")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
TINY = [
    "epochs=2",
    "data.train_pairs=40",
    "data.val_pairs=20",
    "data.test_pairs=20",
    "data.batch_size=20",
    "figures=never",
]
TINY_DISK = [
    "epochs=2",
    "data=disk",
    "data.train_points=40",
    "data.val_points=20",
    "data.test_points=20",
    "data.batch_size=20",
    "figures=never",
]

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


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of the project: the files that git knows, and the environment that the tests run in."""
    target = tmp_path_factory.mktemp("minilab")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


@pytest.fixture
def mnist_root() -> Path:
    """The folder with all of MNIST; the test is skipped where there is none."""
    root = Path(os.environ.get("MINILAB_DATA", SHARED))
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip(f"needs all of MNIST in {root}: set MINILAB_DATA to the folder that holds MNIST/raw")
    return root


def results_in(folder: Path) -> list[dict[str, Any]]:
    """Every result.json below the folder, in the order of their paths."""
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("result.json"))]
