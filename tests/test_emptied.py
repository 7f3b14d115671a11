"""An experiment is taken out by removing its folders, and what is left is a project that works. In copies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, results_in
from tests.copies import do, lint, python

ROOTS = ("src", "conf", "tests")
PAIRS = [f"{root}/experiments/pairs" for root in ROOTS]
DISK = [*(f"{root}/experiments/disk" for root in ROOTS), "src/minidl", "tests/minidl"]
NAME = "fresh_one"

TINY_PAIRS = ["model=basic", "data.train_pairs=40", "data.val_pairs=20", "data.test_pairs=20"]
TINY_DISK = ["model=disk_tanh", "data.train_points=40", "data.val_points=20", "data.test_points=20"]


def without(project: Path, target: Path, folders: list[str]) -> Path:
    """A copy of the project in which the folders are not, and which git knows of as it does of a clone."""
    shutil.copytree(project, target, symlinks=True)
    do(target, "git", "init", "--quiet")
    for folder in folders:
        shutil.rmtree(target / folder, ignore_errors=True)
    return target


@pytest.fixture(scope="module")
def emptied(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project without the two experiments that come with it, and without what only they need."""
    return without(copy, tmp_path_factory.mktemp("emptied") / "project", [*PAIRS, *DISK])


@pytest.fixture(scope="module")
def begun(emptied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a new experiment in it."""
    project = without(emptied, tmp_path_factory.mktemp("begun") / "project", [])
    assert python(project, "src.new", NAME).returncode == 0
    return project


def test_where_no_model_is_left_the_command_says_how_to_make_one(emptied: Path) -> None:
    if list((emptied / "conf").rglob("model/*.yaml")):
        pytest.skip("there are other models")
    done = python(emptied, "src.train")
    assert done.returncode == 1
    assert done.stderr == (
        "error: no model is chosen: say model=…; there are none yet: `python -m src.new NAME` makes a first one\n"
    )


def test_a_new_experiment_trains_in_what_is_left(begun: Path) -> None:
    done = python(begun, "src.train", f"model={NAME}", "epochs=2", "trainer=cpu")
    assert done.returncode == 0, done.stderr
    assert [result["status"] for result in results_in(begun / "outputs")] == ["completed"]
    alone = python(begun, "src.train")
    assert alone.returncode == 1
    assert alone.stderr.startswith("error: no model is chosen: say model=…; there are ")
    assert NAME in alone.stderr


def test_the_linters_have_nothing_to_say_of_what_is_left(begun: Path) -> None:
    lint(begun)


@pytest.mark.long
def test_every_test_that_is_left_can_be_collected(begun: Path) -> None:
    done = python(begun, "pytest", "--collect-only", "-q")
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_tests_that_are_left_pass(begun: Path) -> None:
    """Not all, which takes minutes: those that read the whole project, those of a run, and the new experiment's."""
    parts = ["tests/test_house.py", "tests/lab/test_train.py", "tests/experiments"]
    done = python(begun, "pytest", *parts, "-n", "0", "-x")
    assert done.returncode == 0, done.stdout


@pytest.mark.long
@pytest.mark.parametrize(("gone", "left", "other"), [(PAIRS, TINY_DISK, DISK), (DISK, TINY_PAIRS, PAIRS)])
def test_one_experiment_trains_without_the_other(
    gone: list[str], left: list[str], other: list[str], copy: Path, tmp_path: Path
) -> None:
    if not all((ROOT / folder).is_dir() for folder in other):
        pytest.skip("the other one was taken out")
    project = without(copy, tmp_path / "project", gone)
    done = python(project, "src.train", *left, "epochs=2", "trainer=cpu")
    assert done.returncode == 0, done.stderr
    assert [result["status"] for result in results_in(project / "outputs")] == ["completed"]
    done = python(project, "pytest", "--collect-only", "-q", "tests/experiments")
    assert done.returncode == 0, done.stdout


UNTYPED = '''
import os
import sys


def look_up(table, key):
    """a docstring without a capital"""
    return {k:v for k,v in table.items()}[key] if key is not None and key != None else [ x for x in table ]


class badly_named(object):
    def Method(self, listOfThings=[]):   # a default that everybody shares, and a line that is much longer than a hundred and twenty characters
        return dict(first = listOfThings)


def wrong_type() -> int:
    return "text"
'''  # noqa: E501


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("place", ["src/mine", "src/experiments/somebodys", "mine"])
def test_code_of_ones_own_is_as_strict_as_its_owner_likes(place: str, copy: Path, tmp_path: Path) -> None:
    project = without(copy, tmp_path / "project", [])
    own = project / place / "module.py"
    own.parent.mkdir(parents=True)
    own.write_text(UNTYPED)
    lint(project)
    own.write_text(UNTYPED + "\n\nlook_up(table_that_nobody_made, 1)\n")
    with pytest.raises(AssertionError, match="table_that_nobody_made"):
        lint(project)
    own.write_text(UNTYPED)
    with pytest.raises(AssertionError, match=r"module\.py"):
        lint(project, f"STRICT={place}")
