"""Runs as a sweep leaves them, with their configurations and curves, for tests that look at what is made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from omegaconf import OmegaConf

from tests.lab.records.written import Said, write

SAID: Said = {"test/miss": {"better": "lower", "unit": "%"}, "test/top_5": {"unit": "%"}}
MADE = {"git": "0123456789ab", "versions": {"torch": "2.15.0", "numpy": "2.4.6"}, "device": "cpu"}


def sweep(folder: Path, groups: Mapping[str, tuple[float, ...]], seeds: int = 4, said: Said = SAID) -> Path:
    """Of each group, which is called by its setting `k`, seeds around a miss; the last of them fails where it is 9."""
    for i, (group, misses) in enumerate(groups.items()):
        for seed in range(seeds):
            miss = misses[seed % len(misses)] + seed / 7
            place = folder / f"run {i}#{seed}"
            metrics = {"test/miss": miss, "test/top_5": 90.0 + seed} if miss < 99 else None
            path = write(
                place, "net", seed, metrics, said=said, group={"k": group}, parameters=70_000 * (i + 1), **MADE
            )
            cfg = {
                "seed": seed,
                "epochs": 3,
                "objective": "test/miss",
                "model": {"width": group, "net": "${model.width}"},
            }
            (path / ".hydra").mkdir()
            OmegaConf.save(
                OmegaConf.create(cfg | {"data": {"seed": "${seed}", "size": 100}}), path / ".hydra/config.yaml"
            )
            lines = [f"{epoch},{miss + 3 - epoch}" for epoch in range(3)]
            (path / "metrics.csv").write_text("\n".join(["epoch,val/miss", *lines, ""]))
    return folder


def plain(folder: Path) -> Path:
    """Four groups with what a table may hold: a dash, figures of five digits, a p below 0.0001."""
    groups = {"1": (2.0,), "2": (2.1, 2.0), "10": (11.0,), "3": (100.0,)}
    return sweep(folder, groups)


def without_configurations(folder: Path, group: str) -> None:
    """Takes them away from the runs of a group."""
    for path in folder.rglob("result.json"):
        if json.loads(path.read_text())["group"]["k"] == group:
            (path.parent / ".hydra" / "config.yaml").unlink()
