"""What the host of the project runs: the targets of the Makefile, on the Pythons that the project says it needs."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    """The only one of the only file."""
    (file,) = FILES
    read: dict[Any, Any] = yaml.safe_load(file.read_text())
    assert {"push", "pull_request"} <= {*read[True]}, "`on`, which is a truth value in YAML"
    assert read["permissions"] == {"contents": "read"}
    (only,) = read["jobs"].values()
    return dict(only)


def test_it_calls_targets_that_there_are(job: dict[str, Any]) -> None:
    commands = [step["run"].split() for step in job["steps"] if "run" in step]
    assert all(command[0] == "make" for command in commands)
    targets = [word for command in commands for word in command[1:] if not word.startswith("-")]
    assert targets == ["install", "lint", "test"]
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {*targets} <= {*re.findall(r"^  make ([a-z-]+)", listed, re.MULTILINE)}


def test_it_runs_on_the_oldest_and_the_newest_python(job: dict[str, Any]) -> None:
    pythons = [tuple(map(int, each.split("."))) for each in job["strategy"]["matrix"]["python"]]
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    found = re.fullmatch(r">=3\.(\d+),\s*<3\.(\d+)", needs)
    assert found and pythons == [(3, int(found[1])), (3, int(found[2]) - 1)]


def test_what_it_uses_is_pinned_and_its_environment_is_kept_by_the_lock(job: dict[str, Any]) -> None:
    used = {step["uses"].partition("@")[0]: step for step in job["steps"] if "uses" in step}
    assert used.keys() == {"actions/checkout", "actions/setup-python", "actions/cache"}
    assert all(re.fullmatch(r"[0-9a-f]{40}", step["uses"].partition("@")[2]) for step in used.values())
    kept = used["actions/cache"]["with"]
    assert kept["path"] == ".venv" and "hashFiles('requirements.lock')" in kept["key"]
    assert "://" not in FILES[0].read_text(), "no package registry's host is named"
