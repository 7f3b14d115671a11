"""A sweep: what there is to do, done by worker processes, said as it comes, a table at the end. Imports no torch.

Runs travel through their folders, named by what they are: the same command goes on with a sweep that was stopped, and
another one adds to it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from ..records import results
from ..records.folder import locked
from ..records.runs import load
from ..report.report import publish
from .plan import Job, plan
from .progress import Progress
from .workers import Crew


def run(cfg: DictConfig, loader: ConfigLoader, overrides: Sequence[Sequence[str]], workers: int) -> None:
    """Runs what a sweep asks for and isn't done yet, so many at a time; exits with 1 where something failed.

    Raises:
        RuntimeError: another process is at work in the sweep's folder.
        ValueError: a configuration won't do, or a folder holds another one.
    """
    folder = Path(cfg.hydra.sweep.dir).resolve()
    with locked(folder):
        progress = None
        try:
            with Crew(min(workers, len(overrides))) as crew:  # which gets ready while the jobs are looked through
                progress = Progress(plan(cfg, loader, overrides), folder)
                _work(progress, crew, cfg.fail_fast)
        finally:
            failures = _conclude(progress, folder) if progress else []
    if failures:
        sys.exit(1)


def _work(progress: Progress, crew: Crew, fail_fast: bool) -> None:
    """Runs what isn't done."""
    for event in crew.work_through([job.cfg for job in progress.todo]):
        job = progress.todo[event.job]
        if not event.ended:
            if job.folder.result.is_file():  # of the run that failed before
                job.folder.result.replace(job.folder.attempt)
            progress.start(job)
        else:
            _record(job, "failed", event.error)
            if progress.end(job) != "completed" and fail_fast:
                return


def _conclude(progress: Progress, folder: Path) -> list[str]:
    """Shows the table, whatever happened; returns a line for each run that did not complete."""
    for job in progress.running:
        _record(job, "interrupted", "the sweep was stopped")
    failures = progress.close()
    publish(load([folder]), folder=folder)
    if failures:
        print("Not completed:", *failures, sep="\n  ", file=sys.stderr)
    return failures


def _record(job: Job, status: str, error: str | None) -> None:
    """Writes the result that a run could not write itself."""
    if not job.folder.result.exists():
        results.write(results.blank(job.cfg) | {"status": status, "error": error}, job.folder.path)
