"""Whatever is typed: a command does what it is told, or says in one line why not, and leaves nothing half-made."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.conftest import Command
from tests.lab.sweep.process import start
from tests.lab.toy import TOY
from tests.long import whole_or

from .thrown import FILES, lines, told, write

MANY = int(
    os.environ.get("THROWN", whole_or(25, 60))
)  # lines in this process; half as many pairs as processes, but at most 50
thrown = settings(max_examples=MANY, suppress_health_check=list(HealthCheck), deadline=None)
SEARCH = TOY[:1]


@contextmanager
def somewhere(folder: Path) -> Iterator[Path]:
    """An empty folder, which is gone when nobody is in it any longer."""
    with TemporaryDirectory(dir=folder) as place:
        yield Path(place)
        os.chdir(folder)


def check(line: list[str], done: subprocess.CompletedProcess[str], place: Path) -> None:
    """Done without a word, or refused in a line; warnings are no part of it."""
    said = f"{line!r}: {done.returncode} {done.stderr}"
    assert "Traceback" not in done.stdout + done.stderr, said
    if done.returncode == 0:
        assert not done.stderr, said
        return
    assert done.returncode == 1, said
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1 and done.stderr.endswith("\n"), said
    assert len(done.stderr) > len("error: x\n"), said
    assert not list(place.iterdir()), said


@thrown
@given(line=lines)
def test_a_generated_line_is_one_line_in_return(line: list[str], here: Command, tmp_path: Path) -> None:
    with somewhere(tmp_path) as place:
        check(line, here("src.train", *TOY, *line, "--dry-run", place=place), place)


@thrown
@given(line=told)
def test_the_other_commands_do_likewise(line: tuple[str, list[str]], here: Command, tmp_path: Path) -> None:
    module, arguments = line
    with somewhere(tmp_path) as place:
        check(arguments, here(module, *arguments, place=place), place)


@settings(thrown, max_examples=min(MANY, whole_or(4, 50)), phases=[Phase.generate])
@given(first=lines, second=lines)
def test_processes_do_what_they_do_here(first: list[str], second: list[str], here: Command, tmp_path: Path) -> None:
    """Of what a dry run refuses: what it accepts might train for long."""

    def process(line: list[str]) -> None:
        with TemporaryDirectory(dir=tmp_path) as place:
            one = start(Path(place), *line, stderr=subprocess.PIPE, errors="surrogateescape")
            out, err = one.communicate(timeout=100)
            done = subprocess.CompletedProcess(line, one.returncode, out, err)
            check(line, done, Path(place))

    refused = [line for line in (first, second) if here("src.train", *TOY, *line, "--dry-run").returncode]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(process, refused))


@pytest.mark.long(keep=10)
@pytest.mark.parametrize("wrong", FILES)
def test_a_file_of_ones_own(wrong: str, here: Command, tmp_path: Path) -> None:
    """What the configuration does not show, the run finds: then it has failed, and says so in its result too."""
    write(tmp_path / "own", FILES[wrong])
    place = tmp_path / "place"
    place.mkdir()
    line = [*SEARCH, "model=mine", "trainer=cpu", "figures=never", "--config-dir", str(tmp_path / "own")]
    done = here("src.train", *line, place=place)
    assert (done.returncode == 0) == (wrong == "nothing wrong"), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    if done.returncode:
        assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1, done.stderr
