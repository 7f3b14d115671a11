"""A sweep doesn't train again what is there under another spelling of its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.lab.records import results
from src.lab.records.signature import equal_hash
from tests.lab.running import run

from .test_plan import planned


def trained(folder: Path, *overrides: str) -> Path:
    """The folder of a job of the sweep, which is trained."""
    (job,) = planned(folder, "epochs=1", *overrides)
    run(job.folder.path, "epochs=1", *overrides)
    return job.folder.path


@pytest.mark.parametrize("says", [True, False])
def test_what_is_there_with_a_point_is_done_without_one(says: bool, tmp_path: Path) -> None:
    place = trained(tmp_path, "optimizer.lr=1.0", "seed=1")
    if not says:  # as results that were written before they did
        result = results.read(place / results.NAME)
        del result["equal_hash"]
        results.write(result, place)
    jobs = planned(tmp_path, "epochs=1", "optimizer.lr=1,2", "seed=1,2")
    assert [(job.cfg.optimizer.lr, job.cfg.seed) for job in jobs if job.state == "completed"] == [(1, 1)]
    assert len({job.folder.path for job in jobs}) == 4
    assert jobs[0].folder.path == place


def test_what_is_not_complete_or_of_another_seed_is_not_taken_for_it(tmp_path: Path) -> None:
    place = trained(tmp_path, "optimizer.lr=1.0", "seed=1")
    results.write(results.read(place / results.NAME) | {"status": "failed"}, place)
    (job,) = planned(tmp_path, "epochs=1", "optimizer.lr=1", "seed=1")
    assert (job.state, job.folder.path == place) == ("new", False)
    (same,) = planned(tmp_path, "epochs=1", "optimizer.lr=1.0", "seed=1")
    assert (same.state, same.folder.path) == ("failed", place)


def test_a_number_that_is_asked_for_twice_is_trained_once(tmp_path: Path) -> None:
    jobs = planned(tmp_path, "optimizer.lr=1,1.0,1e0,2", "seed=1,2")
    assert [(job.cfg.optimizer.lr, job.cfg.seed) for job in jobs] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_another_note_makes_no_other_run(tmp_path: Path) -> None:
    place = trained(tmp_path, "seed=1", "note=as it was")
    (job,) = planned(tmp_path, "epochs=1", "seed=1", "note=again")
    assert (job.state, job.folder.path) == ("completed", place)
    assert results.read(place / results.NAME)["note"] == "as it was"


def test_two_models_that_come_to_the_same_are_both_trained(tmp_path: Path) -> None:
    jobs = planned(tmp_path, "model=toy,toy_wide", "model.hidden=8", "seed=1")
    assert equal_hash(jobs[0].cfg) == equal_hash(jobs[1].cfg)
    assert len({job.folder.path for job in jobs}) == 2
