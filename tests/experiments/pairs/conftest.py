"""All of MNIST, for the tests that need it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import ROOT

SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture
def mnist_root() -> Path:
    """The folder with all of MNIST; the test is skipped where there is none."""
    root = Path(os.environ.get("MINILAB_DATA", SHARED))
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip(f"needs all of MNIST in {root}: set MINILAB_DATA to the folder that holds MNIST/raw")
    return root
