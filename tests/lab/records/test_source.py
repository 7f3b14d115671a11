"""Which code a run was made with: by what lies in the project, and by what the process had of it already."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from omegaconf import DictConfig, OmegaConf

from src.lab.config import compose
from src.lab.records import source
from tests.conftest import ROOT
from tests.lab.toy import TOY

from .repository import git, given_back, put, repository

FILES = {
    "src/lab/engine.py": b"ENGINE = 1\n",
    "src/experiments/__init__.py": b"",
    "src/experiments/mine/module.py": b"MINE = 1\n",
    "src/experiments/other/module.py": b"OTHER = 1\n",
    "src/experiments/mine/README.md": b"mine\n",
    "theirs/net.py": b"NET = 1\n",
    "alone.py": b"ALONE = 1\n",
    "unnamed/net.py": b"NET = 1\n",
    "conf/a.yaml": b"a: 1\n",
}
CFG = OmegaConf.create({"model": {"_target_": "src.experiments.mine.module.Net"}, "data": {"_target_": "theirs.net.A"}})
OTHER = OmegaConf.create({"model": {"_target_": "src.experiments.other.module.Net"}})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", FILES)


def code(project: Path, cfg: DictConfig = CFG) -> str:
    return source.of(cfg, project).code


def test_the_same_code_has_the_same_digits_whatever_of_it_is_committed_and_without_git(project: Path) -> None:
    clean = code(project)
    put(project, {"src/lab/engine.py": b"ENGINE = 2\n", "src/new.py": b"NEW = 1\n"})
    dirty = source.of(CFG, project)
    assert dirty.code != clean and str(dirty.commit.revision).endswith("-dirty")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "more")
    source._taken.clear()
    assert source.of(CFG, project).commit == (git(project, "rev-parse", "HEAD")[:12], b"", ())
    assert code(project) == dirty.code
    (project / ".git").rename(project.parent / "away")
    source._taken.clear()
    assert source.of(CFG, project) == ((None, b"", ()), dirty.code)
    put(project, {"src/lab/engine.py": FILES["src/lab/engine.py"], "src/new.py": None})
    assert code(project) == clean


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("src/lab/engine.py", True),
        ("src/experiments/mine/module.py", True),
        ("src/experiments/mine/more/deep.py", True),
        ("src/experiments/__init__.py", True),
        ("theirs/net.py", True),
        ("theirs/new.py", True),
        ("src/experiments/other/module.py", False),
        ("src/experiments/third.py", False),
        ("src/experiments/mine/README.md", False),
        ("unnamed/net.py", False),
        ("alone.py", False),
        ("conf/a.yaml", False),
        ("src/lab/.hidden.py", False),
    ],
)
def test_code_is_what_the_configuration_can_run_and_nothing_else(path: str, counts: bool, project: Path) -> None:
    before = code(project)
    put(project, {path: b"CHANGED = 1\n"})
    assert (code(project) != before) == counts


def test_the_same_lines_under_another_name_are_other_code(project: Path) -> None:
    before = code(project)
    (project / "src" / "lab" / "engine.py").rename(project / "src" / "lab" / "motor.py")
    assert code(project) != before


def test_a_module_beside_src_counts_where_it_is_named(project: Path) -> None:
    cfg = OmegaConf.create({"model": {"module": {"_target_": "alone.Net"}}})
    before = code(project, cfg)
    put(project, {"alone.py": b"ALONE = 2\n"})
    assert code(project, cfg) != before
    assert code(project, OTHER) == code(project, OTHER)


def test_new_files_of_a_package_that_is_named_are_kept_and_others_are_not(project: Path, tmp_path: Path) -> None:
    put(project, {"theirs/new.py": b"code", "theirs/data.csv": b"1,2", "unnamed/new.py": b"", "conf/b.yaml": b"b: 1"})
    back = given_back(project, source.of(CFG, project).commit.patch, tmp_path / "back")
    names = "theirs/new.py", "theirs/data.csv", "unnamed/new.py", "conf/b.yaml"
    assert [(back / name).exists() for name in names] == [True, False, False, True]


def test_git_is_asked_once_a_process_as_long_as_the_code_stays(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    asked = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *args, **more: calls.append(args) or asked(*args, **more))
    first = source.of(CFG, project)
    several = len(calls)
    assert several == 2, "of a project without changes"
    assert all(source.of(CFG, project) == first for _ in range(5))
    assert len(calls) == several
    put(project, {"src/lab/engine.py": b"ENGINE = 22\n"})
    assert source.of(CFG, project) != first and len(calls) > several


def test_what_is_imported_stays_what_it_was_until_it_is_imported_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.syspath_prepend(str(project))
    first = source.of(CFG, project)
    module = importlib.import_module("theirs.net")
    assert source.of(CFG, project) == first
    put(project, {"theirs/net.py": b"NET = 22\n", "src/lab/engine.py": b"ENGINE = 22\n"})
    assert source.of(CFG, project) == first, "the process has the old one"
    assert "not imported again: theirs/net.py" in caplog.text
    importlib.reload(module)
    assert module.NET == 22
    second = source.of(CFG, project)
    assert second.code != first.code and b"+NET = 22" in second.commit.patch
    del sys.modules["theirs.net"], sys.modules["theirs"]


def test_a_file_that_cannot_be_read_is_no_reason_to_fail(project: Path) -> None:
    (project / "src" / "gone.py").symlink_to(project / "nothing.py")
    assert len(code(project)) == 12


def test_a_folder_that_is_a_link_counts_and_one_that_leads_back_ends(project: Path, tmp_path: Path) -> None:
    before = code(project)
    put(tmp_path / "elsewhere", {"linked.py": b"LINKED = 1\n"})
    (project / "src" / "linked").symlink_to(tmp_path / "elsewhere")
    (project / "src" / "loop").symlink_to(project / "src")
    (tmp_path / "elsewhere" / "loop").symlink_to(tmp_path / "elsewhere")
    first = code(project)
    put(tmp_path / "elsewhere", {"linked.py": b"LINKED = 22\n"})
    assert len({before, first, code(project)}) == 3


def test_the_code_of_this_project_is_found() -> None:
    found = source.of(compose(*TOY))
    assert found.commit.revision is None or (ROOT / ".git").exists()
    named = source._taken[source.ROOT, ("src", "tests")].digests
    assert {"src/lab/train.py", "tests/lab/toy/module.py"} <= named.keys()


def test_the_versions_are_those_that_are_installed() -> None:
    import numpy as np

    assert source.versions()["numpy"] == np.__version__
    assert {"torch", "pytorch-lightning", "hydra-core"} <= set(source.versions())
