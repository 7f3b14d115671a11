"""The command: what it lists, measures and writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from src.lab.bench import bench
from tests.conftest import ROOT


def bench_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "src.bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.long
def test_it_writes_what_it_measures_with_the_machine_and_the_versions(tmp_path: Path) -> None:
    process = bench_command("--only", "help", "--out", str(tmp_path))
    assert process.returncode == 0, process.stderr
    assert "python -m src.train --help, 1 thread …" in process.stdout and "≤ 2" in process.stdout
    (row,) = json.loads((tmp_path / "bench.json").read_text())
    assert row["name"] == "help" and row["goal"] == 2 and row["held"] is (row["ratio"] <= 2)
    assert row["lowest"] <= row["ratio"] <= row["highest"] and row["ours_s"] > 0 and row["peer_s"] > 0
    assert {"threads", "load", "processor", "cores", "versions", "rounds"} <= row.keys()


@pytest.mark.long
def test_a_name_that_is_not_there_is_a_line() -> None:
    process = bench_command("--only", "halp")
    assert process.returncode == 1 and process.stdout == ""
    assert process.stderr.startswith("error: there is no halp here: there are startup, help, report_10k")
    assert process.stderr.count("\n") == 1


def test_each_name_stands_once() -> None:
    found = bench.names(bench.races())
    assert len(found) == len(set(found))
    assert {"startup", "help", "report_10k"} <= set(found)
