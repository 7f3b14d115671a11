"""Where a run was made, as its folder says it."""

import os
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from src.lab.records import environment


def test_all_packages_are_named_with_the_versions_that_their_metadata_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no_version.egg-info").mkdir()
    (tmp_path / "no_version.egg-info" / "PKG-INFO").write_text("Name: no-version\nVersion: 1.5\n")
    (tmp_path / "Old_Style-2.0-py3.11.egg-info").write_text("Name: Old_Style\nVersion: 2.0\n")
    (tmp_path / "numpy-0.1.dist-info").mkdir()  # behind the one that is imported
    (tmp_path / "numpy-0.1.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 0.1\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(tmp_path / "none")])
    environment.packages.cache_clear()
    found = environment.packages()
    environment.packages.cache_clear()
    said: dict[str, str] = {}
    for each in distributions():
        said.setdefault(each.name.replace("_", "-").replace(".", "-").lower(), each.version)
    assert found == said
    assert (found["no-version"], found["old-style"]) == ("1.5", "2.0") and found["numpy"] != "0.1"


def test_the_environment_names_what_numerics_hang_on_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "OMP_NUM_THREADS", "CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES", "TORCH_API_KEY", "AWS_SECRET":
        monkeypatch.setenv(name, "7")
    found = environment.environment()
    assert found["variables"].items() >= {"OMP_NUM_THREADS": "7", "CUDA_VISIBLE_DEVICES": "7"}.items()
    assert not {"TORCH_API_KEY", "AWS_SECRET"} & found["variables"].keys()
    assert found["cores"] == os.cpu_count() and found["cpu"] and found["platform"]
