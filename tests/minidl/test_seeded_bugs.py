"""Bugs that public frameworks of this kind have had, put into a copy of minidl: the tests must see each.

A copy of `src/minidl` and of these tests is changed, and the test named for the bug runs against it in a
forked process (a new one would take seconds to import torch).
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from .bugs import BUGS, Bug

ROOT, HERE = Path(__file__).parents[2], Path("tests/minidl")


def run_in_fork(folder: Path, tests: list[str]) -> int:
    """Exit status of pytest on a copy of minidl: 0 all passed, 1 some failed, else it didn't run."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 3
    try:
        os.chdir(folder)
        log = os.open("log.txt", os.O_CREAT | os.O_WRONLY)
        os.dup2(log, 1)
        os.dup2(log, 2)
        for name in [n for n in sys.modules if n.split(".")[0] in {"src", "tests", "conftest"}]:
            del sys.modules[name]
        sys.path.insert(0, str(folder))
        settings = [
            "-x",
            "-q",
            "-s",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-c",
            "pytest.ini",
            "--rootdir",
            ".",
        ]
        status = int(pytest.main([*settings, *(str(HERE / test) for test in tests)]))
    finally:
        os._exit(status)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in (Path("src/minidl"), HERE):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
        (tmp_path / folder.parent / "__init__.py").touch()
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return tmp_path


@pytest.mark.long(keep=6)
@pytest.mark.filterwarnings("ignore:.*fork")
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "_"))
def test_a_seeded_bug_is_seen(bug: Bug, copy: Path) -> None:
    path = copy / "src" / "minidl" / bug.file
    source = path.read_text()
    assert source.count(bug.right) == 1, "the table no longer fits the source"
    path.write_text(source.replace(bug.right, bug.wrong).replace(*bug.also))
    assert run_in_fork(copy, [bug.test]) == 1, (copy / "log.txt").read_text()[-3000:]


@pytest.mark.filterwarnings("ignore:.*fork")
def test_without_a_bug_the_same_tests_pass(copy: Path) -> None:
    assert run_in_fork(copy, sorted({bug.test for bug in BUGS} - {"test_gradients.py"})) == 0, (
        copy / "log.txt"
    ).read_text()[-3000:]
