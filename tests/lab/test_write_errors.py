"""Writes that fail, each in its turn: what is there is whole, the error names its place, and all can go on."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from src.lab.cli.streams import lasting
from src.lab.tune.preset import Preset
from tests.conftest import Command, results_in

from .failing import failing
from .running import BREAKS, check_whole, go_on, run, same_end
from .toy import TOY

EVERY = int(os.environ.get("EVERY", "25"))  # how many writes lie between those that fail; EVERY=1 tries them all
RUN = ["epochs=3", "checkpoint.every=1", "logger=csv", "callbacks=best", "model.dropout=0.2"]
ERRORS = errno.ENOSPC, errno.EIO


def in_turn(folder: Callable[[int], Path], act: Callable[[Path], object], once: bool = False) -> Iterator[Path]:
    """The folders in which the act has failed, at one write after the other until there is no other."""
    for tried in count():
        n = 1 + tried * EVERY
        place = folder(n)
        with failing(place, n, ERRORS[tried % 2], once) as it:
            try:
                act(place)
                error = None
            except OSError as raised:
                error = raised
        said = f"{n}: {error!r}"
        assert error is None or error.errno == ERRORS[tried % 2], said
        assert error is None or str(error.filename).startswith(str(place)), said
        if it.count < n:
            assert error is None, said
            assert tried > 1
            return
        yield place


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was never touched."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(folder, *RUN)
    return folder


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("logger", ["csv", "tensorboard"])
@pytest.mark.parametrize("once", [False, True], ids=["from there on", "once"])
def test_a_run_whose_writes_fail_goes_on_to_the_same_end(once: bool, logger: str, whole: Path, tmp_path: Path) -> None:
    def act(place: Path) -> None:
        with lasting():
            run(place, *RUN, f"logger={logger}")

    (wanted,) = results_in(whole)
    for folder in in_turn(lambda n: tmp_path / f"run{n}", act, once):
        check_whole(folder)
        assert not list(folder.rglob("*.tmp"))
        assert go_on(folder, *RUN)["metrics"] == wanted["metrics"]
        assert same_end(folder, whole), folder


def test_a_run_that_goes_on_does_likewise(whole: Path, tmp_path: Path) -> None:
    (wanted,) = results_in(whole)
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "broken", *RUN, BREAKS % 1)

    def broken(n: int) -> Path:
        return Path(shutil.copytree(tmp_path / "broken", tmp_path / f"run{n}"))

    for folder in in_turn(broken, lambda place: go_on(place, *RUN)):
        check_whole(folder)
        assert not list(folder.rglob("*.tmp"))
        assert (folder / "checkpoints" / "last.ckpt").is_file()
        assert go_on(folder, *RUN)["metrics"] == wanted["metrics"]
        assert same_end(folder, whole), folder


def files(folder: Path) -> dict[str, bytes]:
    """The report's, but for where they lie: a page and a table say the command that made them."""
    found = {path.name: path.read_bytes() for path in folder.glob("summary*")}
    return {name: content.replace(folder.name.encode(), b"there") for name, content in found.items()}


@pytest.mark.long
def test_a_summary_is_whole_or_absent(whole: Path, here: Command, tmp_path: Path) -> None:
    runs = [str(whole.parent), "--out"]
    assert here("src.report", *runs, "written_whole").returncode == 0
    wanted = files(tmp_path / "written_whole")
    assert {f"summary.{kind}" for kind in ("csv", "md", "json", "png", "html", "tex", "svg", "pdf")} <= wanted.keys()
    for tried in count():
        n, out = 1 + tried * min(EVERY, 5), tmp_path / f"written_{tried}"
        with failing(out, n, ERRORS[tried % 2]) as it:
            done = here("src.report", *runs, out.name)
        if it.count < n:
            break
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith((f"error: {out.name}", f"error: {out}")), line
        assert " can't be written (" in line
        assert "toy" in done.stdout, "the tables are shown"
        assert files(out).items() <= wanted.items()
        assert here("src.report", *runs, out.name).returncode == 0
        assert files(out) == wanted


@pytest.mark.long
def test_a_preset_is_whole_or_absent(here: Command, tmp_path: Path) -> None:
    search = ["src.tune", *TOY, "epochs=1", "model.hidden=8,9", "--trials", "1", "--study", "study"]
    presets = tmp_path / "study" / "experiment"
    with failing(presets, 3) as it:
        first = here(*search)
    assert it.count >= 3 and first.returncode == 1
    assert first.stderr.startswith(f"error: {presets}") and first.stderr.count("\n") == 1, first.stderr
    assert not list(presets.glob("*"))
    again = here(*search)
    assert again.returncode == 0, again.stderr
    assert "[1/1]" in first.stdout and "[1/1]" not in again.stdout, "the trial is taken that is there"
    (path,) = presets.iterdir()
    wanted = path.read_bytes()
    for n in count(1):
        preset, error = Preset(tmp_path / "study", [*TOY, "epochs=1", "model.hidden=9"]), None
        with failing(presets, n, ERRORS[n % 2]) as it:
            try:
                preset.write("another")
            except OSError as raised:
                error = raised
        if it.count < n:
            break
        assert str(error.filename if error else "").startswith(str(presets))
        assert [path.read_bytes() for path in presets.iterdir()] == [wanted], "the one before"
    assert n > 4 and path.read_bytes() != wanted
