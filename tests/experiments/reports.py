"""What tests of both experiments know of the student reports: the figures that they state, from outside the project."""

from __future__ import annotations

from typing import Any

import pytest
from omegaconf import OmegaConf

from src.lab.records.reported import sources
from tests.conftest import ROOT

STATED = ROOT.parent / "shared" / "reports" / "reported.yaml"

needs_reports = pytest.mark.skipif(not STATED.is_file(), reason="needs the reports themselves")


Figures = list[tuple[str, float, float | None]]


def stated_there(project: str) -> dict[str, Figures]:
    """By report (`peers`: by none), each figure of a project: metric, mean and std."""
    entries: Any = OmegaConf.to_container(OmegaConf.load(STATED)[project])
    found: dict[str, Figures] = {}
    for name, entry in entries.items():
        figures = [(entry["metric"], entry["mean"], entry.get("std"))]
        figures += [(key, entry[key], None) for key in ("parameters", "seconds") if key in entry]
        found.setdefault(project if project == "peers" else name[0], []).extend(figures)
    return found


def stated_here(experiment: str) -> dict[str, Figures]:
    """The same, as the experiment's own file says it; beside the reports what is trained only by its name."""
    return {
        name: [
            (metric, figure.mean, figure.std)
            for part in source.parts
            for said in part.rows.values()
            for metric, figure in said.items()
        ]
        for name, source in sources()[experiment].items()
    }
