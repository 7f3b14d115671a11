"""Tests that take long: `make test` runs a part of them, `make test-full` each of them, whole.

`@pytest.mark.long` leaves a test to the full suite. `@pytest.mark.long(keep=2)` does so with all of its cases but the
first two, so that every kind of check is in both. A test that is asked for by its name is run.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

FULL = "MINILAB_FULL_TESTS"  # for the processes that tests are spread over, and the size of what they draw by chance


def is_full() -> bool:
    return os.environ.get(FULL) == "1"


def whole_or(part: int, whole: int) -> int:
    """How many of something: in the full suite all of it."""
    return whole if is_full() else part


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long tests too, and each of them whole")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--full"):
        os.environ[FULL] = "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if is_full() or any("::" in argument for argument in config.args):
        return
    seen: Counter[str] = Counter()
    kept, left = [], []
    for item in items:
        mark = item.get_closest_marker("long")
        name = item.nodeid.partition("[")[0]
        seen[name] += mark is not None
        (left if mark and seen[name] > mark.kwargs.get("keep", 0) else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
