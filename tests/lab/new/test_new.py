"""`python -m src.new NAME` writes an experiment that works from the first minute, or nothing at all."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.conftest import results_in
from tests.copies import do, files, lint, python

NAME = "fresh_one"
LONG = "a" + "_very_long" * 9 + "_name_123"  # as long as a name may be
TINY = ["data.points=40", "trainer=cpu"]
FOLDERS = ("src", "conf", "tests")


@pytest.fixture(scope="module")
def said(copy: Path) -> list[str]:
    """What the command says when it has written the experiment into the copy."""
    done = python(copy, "src.new", NAME)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_it_writes_three_folders_and_says_what_is_in_them(said: list[str], copy: Path) -> None:
    found = {path for root in FOLDERS for path in (copy / root / "experiments" / NAME).rglob("*") if path.is_file()}
    assert all(any(path.name in line for line in said[:3]) for path in found)
    assert [line.partition(":")[0] for line in said[:3]] == [f"{root}/experiments/{NAME}" for root in FOLDERS]
    assert 100 <= sum(len(path.read_text().splitlines()) for path in found) <= 150
    assert not any("NAME" in path.read_text() for path in found)


@pytest.mark.long
def test_the_commands_that_it_ends_with_train_it(said: list[str], copy: Path) -> None:
    *_, single, sweep = (shlex.split(line.replace("range(5)", "range(1)"))[3:] for line in said)
    for arguments in [*single, "epochs=2"], [*sweep, "epochs=1"]:
        done = python(copy, "src.train", *arguments, *TINY)
        assert done.returncode == 0, done.stderr
        assert "accuracy" in done.stdout
    swept, (alone,) = results_in(copy / "outputs" / "sweeps"), results_in(copy / "outputs" / "runs")
    assert len(swept) == 3
    assert {(found["objective"], found["better"]["test/accuracy"]) for found in swept} == {("test/accuracy", "higher")}

    stopped = copy / "outputs" / "stopped"  # and one that is stopped and goes on comes to the same
    for arguments in [*single, "epochs=1", f"hydra.run.dir={stopped}", *TINY], [f"resume={stopped}", "epochs=2"]:
        assert python(copy, "src.train", *arguments).returncode == 0
    assert json.loads((stopped / "result.json").read_text())["metrics"] == alone["metrics"]


@pytest.mark.parametrize("name", [NAME, LONG], ids=["short", "long"])
def test_it_keeps_all_the_rules_that_the_engine_keeps(name: str, said: list[str], copy: Path) -> None:
    if name != NAME:
        assert python(copy, "src.new", name).returncode == 0
    lint(copy, f"STRICT=src/experiments/{name} tests/experiments/{name}")


@pytest.mark.long
def test_a_name_that_will_not_do_is_a_line(copy: Path) -> None:
    before = files(copy)
    for name in "Mine", "1st", "a-b", "a.b", "../up", "é", "", "class", "null", "nan", "yes", LONG + "_and_more":
        refused(copy, name, "take at most" if name.startswith(LONG) else "won't do")
    assert files(copy) == before


def test_a_name_that_is_taken_is_a_line(copy: Path) -> None:
    for root in FOLDERS:
        (copy / root / "experiments" / f"a_folder_in_{root}").mkdir()
    for group in "model", "data":
        (copy / "conf" / group).mkdir(exist_ok=True)
        (copy / "conf" / group / f"a_{group}_of_theirs.yaml").touch()
    before = files(copy)
    for root in FOLDERS:
        refused(copy, f"a_folder_in_{root}", f"{root}/experiments/a_folder_in_{root} is there already")
    for group in "model", "data":
        refused(copy, f"a_{group}_of_theirs", f"{group}=a_{group}_of_theirs is there already")
    assert files(copy) == before


def test_where_the_last_folder_cannot_be_made_there_are_none(copy: Path) -> None:
    place = copy / "tests" / "experiments"
    aside = place.rename(place.with_name("aside"))
    place.touch()
    before = files(copy)
    refused(copy, "half_made", "")
    assert files(copy) == before
    place.unlink()
    aside.rename(place)


def test_help_needs_no_torch(copy: Path) -> None:
    done = do(copy, "python", "-X", "importtime", "-m", "src.new", "-h")
    assert done.returncode == 0
    assert "python -m src.new" in done.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "hydra" in imported
    assert not imported & {"torch", "pytorch_lightning", "polars", "matplotlib"}


def refused(project: Path, name: str, why: str) -> None:
    done = python(project, "src.new", name)
    assert (done.returncode, done.stdout) == (1, ""), name
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert why in done.stderr
