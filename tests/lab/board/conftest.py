from __future__ import annotations

from pathlib import Path

import pytest

from .runs import sweep


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An `outputs` with one sweep; nobody changes it."""
    outputs = tmp_path_factory.mktemp("swept") / "outputs"
    sweep(outputs / "sweeps" / "mine")
    return outputs
