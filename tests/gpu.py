"""Tests that need a GPU: skipped where there is none, and run by `make gpu-check`, which shows the figures they print.

What they do on a GPU they do on the CPU too, so that the test itself is tried everywhere.
"""

from __future__ import annotations

import pytest
import torch

DEVICES = ["cpu", pytest.param("gpu", marks=pytest.mark.gpu)]  # as `trainer` calls them


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and not torch.cuda.is_available():
        pytest.skip("needs a CUDA GPU")
