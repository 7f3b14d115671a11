"""What the project is made of: pinned by hash, asked about, under licences that are said."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.conftest import ROOT

SKIPPED = "absl-py  Dependency not found on PyPI and could not be audited: absl-py (2.5.1)\n"
FINE = "No known vulnerabilities found\n"
HOLES = "Found 1 known vulnerability in 1 package\nName Version ID Fix Versions\nyaml 1.0 PYSEC-1 1.1\n"
OFFLINE = "requests.exceptions.ProxyError: HTTPSConnectionPool(port=443): Max retries exceeded with url: /json\n"


def make(target: str, place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    call = ["make", "--old-file=install", "-C", str(place), "--no-print-directory", target]
    return subprocess.run(call, env=os.environ | environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("says", "exits", "code", "said"),
    [
        (FINE, 0, 0, FINE),
        (HOLES, 1, 2, "PYSEC-1"),
        (HOLES + SKIPPED, 1, 2, "PYSEC-1"),
        (OFFLINE, 1, 0, "could not be asked: offline\n"),
        (FINE + SKIPPED, 0, 0, "packages could not be asked about: offline"),
        ("error: no such option\n", 2, 2, "no such option"),
    ],
    ids=["fine", "holes", "holes and a gap", "offline", "a gap", "wrong"],
)
def test_an_audit_fails_where_there_are_holes(
    says: str, exits: int, code: int, said: str, copy: Path, tmp_path: Path
) -> None:
    """By what pip-audit is known to say, which needs a network."""
    asks = tmp_path / "pip-audit"
    asks.write_text(f"#!/bin/sh\ntest -f requirements.lock && cat <<'END'\n{says}END\nexit {exits}\n")
    asks.chmod(0o755)
    done = make("audit", copy, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout + done.stderr


def test_licences_are_those_of_what_is_installed() -> None:
    done = make("licences", ROOT)
    assert done.returncode == 0, done.stderr
    listed = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.stdout.splitlines()}
    assert listed["pytest"] == [version("pytest"), "MIT"]
    assert listed["pytorch-lightning"] == [version("pytorch-lightning"), "Apache Software License"]


def test_every_package_is_pinned_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = dict(each.split("==", 1) for each in re.split(r"\n(?=\S)", lock) if "==" in each.splitlines()[0])
    assert len(pinned) > 50
    assert [name for name, rest in pinned.items() if "--hash=sha256:" not in rest] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {re.split(r"[<>=!]", each)[0].lower() for each in wanted} <= set(pinned)
    assert "://" not in lock, "no index is named"


def test_the_licence_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (ROOT / "LICENSE").read_text().startswith(f"{project['license']} License\n")
    assert all((ROOT / file).is_file() for file in project["license-files"])


def test_the_notice_names_every_file_of_data() -> None:
    notice = (ROOT / "NOTICE").read_text()
    for path in (ROOT / "src").rglob("*.np[yz]"):
        assert path.relative_to(ROOT).as_posix() in notice
