"""A sweep: what there is to do, done by worker processes, said as it comes, a table at the end. Imports no torch.

Runs travel through their folders, named by what they are: the same command goes on with a sweep that was stopped, and
another one adds to it.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig
from tqdm import tqdm

from src.lab import config
from src.lab.records import results
from src.lab.records.folder import has_checkpoint, locked, state
from src.lab.sweep.workers import Crew

dry_run = False  # --dry-run: only say what there is to do


def run(cfg: DictConfig, loader: ConfigLoader, overrides: Sequence[Sequence[str]], workers: int) -> None:
    """Runs what a sweep asks for and isn't done yet, so many at a time; exits with 1 where something failed.

    Raises:
        RuntimeError: another process is at work in the sweep's folder.
        ValueError: a configuration won't do, or a folder holds another one.
    """
    folder = Path(cfg.hydra.sweep.dir).resolve()
    with locked(folder):
        if dry_run:
            _show_plan(plan(cfg, loader, overrides, folder), folder)
            return
        progress = None
        try:
            with Crew(min(workers, len(overrides))) as crew:  # which gets ready while the jobs are looked through
                progress = Progress(plan(cfg, loader, overrides, folder), folder)
                _work(progress, crew, cfg.fail_fast)
        finally:
            failures = _conclude(progress, folder) if progress else []
    if failures:
        sys.exit(1)


class Job(NamedTuple):
    """A run of the sweep: `state` is `new`, or the status of what its folder holds."""

    cfg: DictConfig
    folder: Path
    name: str
    state: str


def plan(cfg: DictConfig, loader: ConfigLoader, overrides: Sequence[Sequence[str]], folder: Path) -> list[Job]:
    """Each job once, checked before any is started.

    Raises:
        ValueError: a configuration won't do, or a folder holds another one.
    """
    jobs: dict[Path, Job] = {}
    settings = [dict(override.split("=", 1) for override in each if "=" in override) for each in overrides]
    varied = [key for key in settings[0] if len({each.get(key) for each in settings}) > 1]
    for each, setting in zip(overrides, settings, strict=True):
        job = loader.load_sweep_config(cfg, list(each))
        job.hydra.sweep.dir = str(folder)
        config.settle(job, folder / job.hydra.sweep.subdir)
        config.check(job)
        place = Path(job.job.folder)
        found = state(place, job)
        if found != "completed" and has_checkpoint(place):
            job.resume = str(place)
        name = " ".join(f"{key}={setting[key]}" for key in varied) or place.name
        jobs[place] = Job(job, place, name, found)
    return list(jobs.values())


def _work(progress: Progress, crew: Crew, fail_fast: bool) -> None:
    """Runs what isn't done."""
    for event in crew.work_through([job.cfg for job in progress.todo]):
        job = progress.todo[event.job]
        if not event.ended:
            (job.folder / results.NAME).unlink(missing_ok=True)  # of the run that failed before
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
    _report(folder)
    if failures:
        print("Not completed:", *failures, sep="\n  ", file=sys.stderr)
    return failures


def _record(job: Job, status: str, error: str | None) -> None:
    """Writes the result that a run could not write itself."""
    if not (job.folder / results.NAME).exists():
        results.write(results.blank(job.cfg) | {"status": status, "error": error}, job.folder)


def _report(folder: Path) -> None:
    from src.lab.report.report import Report, load

    report = Report(load([folder]))
    report.write(folder)
    report.show()


def _show_plan(jobs: list[Job], folder: Path) -> None:
    from src.lab.report import tables

    todo = {"completed": "done", "new": "to run", "failed": "to run again", "interrupted": "to go on with"}
    rows = [[job.name, todo[job.state], job.folder.name] for job in jobs]
    tables.show([["run", "what", f"in {os.path.relpath(folder)}"], *rows])


class Progress:
    """What has come of the jobs so far: a bar on a terminal, a line a run everywhere."""

    def __init__(self, jobs: list[Job], folder: Path) -> None:
        self.todo = [job for job in jobs if job.state != "completed"]
        self.jobs = len(jobs)
        self.running: list[Job] = []
        self.failures: list[str] = []
        self.ended: Counter[str] = Counter(completed=self.jobs - len(self.todo))
        done = f", {self.ended['completed']} done before" if self.ended["completed"] else ""
        print(f"{self.jobs} runs into {os.path.relpath(folder)}{done}", flush=True)
        self.bar: Any = tqdm(total=self.jobs, initial=self.ended["completed"], unit="run", disable=None, leave=False)

    def start(self, job: Job) -> None:
        self.running.append(job)
        self._refresh()

    def end(self, job: Job) -> str:
        """Says how it ended, and returns its status."""
        self.running.remove(job)
        result = results.read(job.folder / results.NAME)
        status: str = result["status"]
        self.ended[status] += 1
        if status == "completed":
            line = (
                f"{job.name} · test error {result['metrics']['test/error']:.1f} % · {result['seconds']['total']:.1f} s"
            )
        else:
            line = f"{job.name} · {status}: {result['error']}"
            self.failures.append(line)
        tqdm.write(f"[{self.ended.total()}/{self.jobs}] {line}")
        sys.stdout.flush()
        self.bar.update()
        self._refresh()
        return status

    def close(self) -> list[str]:
        """Ends the bar; returns a line for each run that did not complete."""
        self.bar.close()
        stopped = [f"{job.name} · interrupted: the sweep was stopped" for job in self.running]
        left = self.jobs - self.ended.total() - len(self.running)
        return [*self.failures, *stopped, *([f"{left} more, not begun"] if left else [])]

    def _refresh(self) -> None:
        failed = self.ended["failed"] + self.ended["interrupted"]
        self.bar.set_postfix_str(f"{len(self.running)} running, {failed} failed")
