"""What the student reports state of the disk, whether it is what stands in them, and that it is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.lab.records.metrics import Meaning
from src.lab.records.reported import reported, sources
from src.lab.report.tables import stated
from src.lab.reproduce.asked import Wanted, asked, chosen
from tests.experiments.reports import needs_reports, stated_here, stated_there


@needs_reports
def test_every_figure_of_the_reports_is_stated_and_no_other() -> None:
    there = stated_there("project_2")
    there["a"].append(("epochs", 4270, None))
    for metric, epochs in ("sigmoid", 6000), ("tanh", 3000):  # of which the reports say that they are rough
        assert metric and there["d"].append(("val/saturation_epoch", epochs, None)) is None
    here = stated_here("disk")
    ours = here.pop("ours")
    assert {name: sorted(each, key=str) for name, each in here.items()} == {
        name: sorted(each, key=str) for name, each in there.items()
    }
    known = {figure for each in (*there.values(), *stated_there("peers").values()) for figure in each}
    assert set(ours) <= known, "what goes beyond the reports is set beside a figure that somebody stated"


def test_what_the_reports_state_stands_in_the_table_as_they_state_it() -> None:
    percent = {"test/error": Meaning("%", "lower"), "test/accuracy": Meaning("%", "higher")}
    assert stated(reported()["disk_tanh optimizer.lr=0.1"], "test/error", percent) == "2.09"
    assert stated(reported()["disk_tanh_mse"], "test/error", percent) == "accuracy 97.70, val saturation epoch 3,000"


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("name", sorted(sources()["disk"]))
def test_what_is_trained_for_a_report_composes_and_has_every_row(name: str, tmp_path: Path) -> None:
    ((_, _, source),) = [each for each in chosen(["disk"]) if each[1] == name]
    for wanted in Wanted(tmp_path), Wanted(tmp_path, quick=True), Wanted(tmp_path, seeds=2):
        (found,) = asked([("disk", name, source)], wanted)
        assert all(found.jobs)
        if wanted.seeds:
            assert {job.cfg.runs * len({job.cfg.seed for job in jobs}) for jobs in found.jobs for job in jobs} <= {1, 2}
