"""A sweep: what there is to do, done by worker processes, said as it comes, a table at the end. Imports no torch.

Runs travel through their folders, named by what they are: the same command goes on with a sweep that was stopped, and
another one adds to it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from ..records import results
from ..records.folder import locked
from ..records.runs import load
from ..report.publish import again, publish
from .crew import Crew
from .plan import Job, plan
from .progress import Progress

Jobs = Callable[[], list[Job]]
MakeCrew = Callable[[int], Crew]  # for so many jobs


def run(cfg: DictConfig, loader: ConfigLoader, overrides: Sequence[Sequence[str]], crew: MakeCrew) -> None:
    """Runs what a sweep asks for and isn't done yet, and shows what came of all of it; exits with 1 where something
    failed.

    Raises:
        RuntimeError: another process is at work in the sweep's folder.
        ValueError: a configuration won't do, or a folder holds another one.
    """
    folder = Path(cfg.hydra.sweep.dir).resolve()

    def table() -> None:
        if any(folder.rglob(results.NAME)):  # else what stopped it before its first run is the thing to hear of
            publish(load([folder]), folder=folder, command=again(folder), paper=False)

    with locked(folder):
        failures = carry_out(lambda: plan(cfg, loader, overrides), crew(len(overrides)), folder, cfg.fail_fast, table)
    if failures:
        sys.exit(1)


def carry_out(
    jobs: Jobs,
    crew: Crew,
    folder: Path,
    fail_fast: bool,
    conclude: Callable[[], None] = lambda: None,
    lines: bool = True,
) -> list[str]:
    """Runs those of the jobs that aren't done; then, whatever happened, says which of them did not complete, and
    returns a line for each.

    Args:
        jobs: called for them while the crew gets ready.
        crew: who runs them.
        folder: where they lie, to be named.
        fail_fast: stops at the first that does not complete.
        conclude: called at the end, before what failed is said.
        lines: says of each run how it ended, and at the end once more which did not complete.
    """
    progress, failures = None, list[str]()
    try:
        with crew:
            progress = Progress(jobs(), folder, lines)
            _work(progress, crew, fail_fast)
    finally:
        if progress:
            failures = _end(progress)
            conclude()
            if failures and lines:
                print("Not completed:", *failures, sep="\n  ", file=sys.stderr)
    return failures


def _work(progress: Progress, crew: Crew, fail_fast: bool) -> None:
    """Runs what isn't done."""
    for event in crew.work_through([job.cfg for job in progress.todo]):
        job = progress.todo[event.job]
        if not event.ended:
            progress.start(job)
        else:
            result = event.result or _record(job, "failed", event.error)
            if progress.end(job, result) != "completed" and fail_fast:
                return


def _end(progress: Progress) -> list[str]:
    """Writes down what was stopped; returns a line for each run that did not complete."""
    for job in progress.running:
        _record(job, "interrupted", "the sweep was stopped")
    return progress.close()


def _record(job: Job, status: str, error: str | None) -> results.Result:
    """Writes the result that a run could not write itself; returns what is there now."""
    if not job.folder.result.exists():
        results.write(results.blank(job.cfg) | {"status": status, "error": error}, job.folder.path)
    return results.read(job.folder.result)
