"""A run's folder says where the run came from, also where it went on with something else."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from src.lab.records import origin, results
from src.lab.records.mixed import mixed
from src.lab.records.runs import load
from src.lab.records.shape import Before
from tests.conftest import Command, results_in
from tests.copies import python
from tests.lab.sweep.process import ONE, SWEEP
from tests.lab.toy import TOY

from .repository import contents, git

FIRST = {"git": "3f2a9c1", "code": "aa", "device": "cpu", "processor": "A", "versions": {"torch": "2.1"}, "threads": 1}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def part(folder: Path, number: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"environment{number}.json").read_text())
    return found


def test_a_run_that_goes_on_leaves_what_it_began_with_and_adds_what_is_another(tmp_path: Path) -> None:
    origin.record(tmp_path, FIRST, b"one", None)
    before = contents(tmp_path)
    origin.record(tmp_path, FIRST, b"one", 3)
    assert contents(tmp_path) == before, "the same needs no words"
    assert origin.before(tmp_path) == []
    origin.record(tmp_path, FIRST | {"code": "bb"}, b"two", 4)
    origin.record(tmp_path, FIRST, b"one", 5)
    origin.record(tmp_path, FIRST | {"threads": 2}, b"one", 6)
    assert before.items() <= contents(tmp_path).items()
    assert [part(tmp_path, each)["patch"] for each in ("", "_2", "_3", "_4")] == [
        "source.patch",
        "source_2.patch",
        "source.patch",
        "source.patch",
    ]
    assert [part(tmp_path, each)["epoch"] for each in ("", "_2", "_3", "_4")] == [0, 4, 5, 6]
    assert (tmp_path / "source_2.patch").read_bytes() == b"two"
    told = {key: FIRST[key] for key in origin.TOLD}
    assert origin.before(tmp_path) == [told | {"until": 4}, told | {"code": "bb", "until": 5}]


def test_a_run_that_begins_anew_leaves_nothing_of_the_one_before(tmp_path: Path) -> None:
    origin.record(tmp_path, FIRST, b"one", None)
    origin.record(tmp_path, FIRST | {"code": "bb"}, b"two", 4)
    origin.record(tmp_path, FIRST, b"", None)
    assert names(tmp_path) == ["environment.json"]
    assert part(tmp_path)["patch"] is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"epoch": "x"}'])
def test_what_somebody_made_unreadable_is_no_reason_to_fail(text: str, tmp_path: Path) -> None:
    origin.record(tmp_path, FIRST, b"one", None)
    (tmp_path / "environment.json").write_text(text)
    origin.record(tmp_path, FIRST, b"one", 4)
    assert names(tmp_path) == ["environment.json", "environment_2.json", "source.patch"]
    origin.record(tmp_path, FIRST | {"git": "71e88e8"}, b"one", 5)
    assert [each["until"] for each in origin.before(tmp_path)][-1] == 5
    (tmp_path / "environment_3.json").write_text(text)
    for each in origin.before(tmp_path):
        Before.model_validate(each)


@pytest.mark.long
def test_the_code_of_a_run_comes_back_and_what_it_went_on_with_is_told(copy: Path, tmp_path: Path) -> None:
    git(copy, "init", "--quiet")
    git(copy, "add", "src", "conf", "tests", "pyproject.toml", ".gitignore")
    git(copy, "commit", "--quiet", "--message", "all")
    run, used = tmp_path / "run", copy / "src" / "lab" / "logged.py"
    toy = [each.replace(str(Path(__file__).parents[3]), str(copy)) for each in TOY]

    def trained(*arguments: str) -> None:
        done = python(copy, "src.train", *arguments)
        assert done.returncode == 0, done.stderr

    trained(*toy, f"hydra.run.dir={tmp_path / 'clean'}")
    assert not (tmp_path / "clean" / "source.patch").exists()
    used.write_text(used.read_text() + "\n# one\n")
    (copy / "tests" / "lab" / "toy" / "new.py").write_text("")
    (copy / "src" / "mine.py").write_text("MINE = 1\n")
    trained(*toy, "seed=1", f"hydra.run.dir={run}")
    back = tmp_path / "back"
    git(copy, "worktree", "add", "--quiet", str(back), part(run)["git"].removesuffix("-dirty"))
    git(back, "apply", "--whitespace=nowarn", str(run / "source.patch"))
    for name in "src", "conf", "tests":
        there = {path: each for path, each in contents(copy / name).items() if "__pycache__" not in path}
        assert contents(back / name) == there
    used.write_text(used.read_text() + "# two\n")
    trained(f"resume={run}", "epochs=3")
    assert {"source.patch", "source_2.patch", "environment.json", "environment_2.json"} <= {*names(run)}
    assert b"# two" in (run / "source_2.patch").read_bytes() and b"# two" not in (run / "source.patch").read_bytes()
    assert {"source.patch", "environment.json"} <= {*names(run / "earlier" / "1")}
    assert not (run / "earlier" / "1" / "source_2.patch").exists()
    first, last = (results.read(folder / "result.json") for folder in (run / "earlier" / "1", run))
    (before,) = last["before"]
    assert (before["code"], before["until"]) == (first["code"], 2) and before["code"] != last["code"]
    (clean, alone) = mixed(load([tmp_path / "clean", run / "earlier" / "1"])), mixed(load([run]))
    commit = git(copy, "rev-parse", "HEAD")[:7]
    assert clean == [f"toy: seed 0 at {commit}, seed 1 at {commit}-dirty (code {first['code'][:7]})"]
    digits = [f"{commit}-dirty (code {each['code'][:7]})" for each in (last, first)]
    assert alone[0].endswith(f"at {digits[0]} instead of {digits[1]} from epoch 2")


@pytest.mark.long
def test_a_worker_asks_git_once_and_each_of_its_runs_says_what_it_said(command: Command, tmp_path: Path) -> None:
    place = tmp_path / "bin"
    place.mkdir()
    (place / "git").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nexec {shutil.which("git")} "$@"\n')
    (place / "git").chmod(0o755)
    path = f"{place}{os.pathsep}{os.environ['PATH']}"
    done = command(*SWEEP, "-m", "seed=range(4)", "hydra.sweep.dir=sweep", ONE, PATH=path)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "calls").read_text().count("status --porcelain")
    found = results_in(tmp_path / "sweep")
    assert asked == 1 and len(found) == 4
    assert len({(result["git"], result["code"], result["processor"]) for result in found}) == 1
    told = [part(tmp_path / "sweep" / name) for name in names(tmp_path / "sweep") if name.startswith("toy_")]
    assert [each["code"] for each in told] == [found[0]["code"]] * 4
    assert all(each["packages"]["torch"] and each["processor"] == found[0]["processor"] for each in told)
