"""What is imported without looking for garbage, and what each command spares itself."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from src.lab.garbage import keeping
from tests.conftest import ROOT


class Circle:
    """What only the collector takes away."""

    def __init__(self) -> None:
        self.self = self


def test_nothing_is_looked_for_while_importing_and_later_what_comes_later() -> None:
    with keeping():
        assert not gc.isenabled()
        kept = weakref.ref(Circle())
    try:
        assert gc.isenabled()
        later = weakref.ref(Circle())
        gc.collect()
        assert kept() is not None and later() is None
    finally:
        gc.unfreeze()
    gc.collect()
    assert kept() is None


def test_who_has_switched_the_collector_off_finds_it_off() -> None:
    gc.disable()
    try:
        with keeping():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("src.train", "torch pytorch_lightning polars matplotlib scipy"),
        ("src.report", "torch pytorch_lightning matplotlib"),
        ("src.tune", "torch pytorch_lightning matplotlib"),
        ("src.evaluate", "torch pytorch_lightning matplotlib"),
        ("src.reproduce", "torch pytorch_lightning"),
        ("src.lab.sweep.sweep", "torch pytorch_lightning matplotlib"),
    ],
)
def test_a_command_imports_nothing_that_it_may_not_need(module: str, spared: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({spared.split()}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


@pytest.mark.long
def test_a_process_that_ends_in_the_ordinary_way_takes_apart_what_was_kept() -> None:
    code = "from src.lab.garbage import keeping\nwith keeping():\n    import torch, pytorch_lightning"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (said.stdout, said.stderr) == ("", "")  # nothing is called leaked
