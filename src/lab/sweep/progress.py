"""What has come of a sweep's jobs so far: a bar on a terminal, a line a run everywhere. Imports no torch."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..records import results
from ..records.metrics import in_words
from .plan import Job


class Progress:
    """Says how the jobs end, and keeps a line for each that did not complete.

    Args:
        jobs: all of them, those that are done already too.
        folder: where they lie, to be named.
        lines: one for each that ends; without them the bar alone, and those that did not complete.
    """

    def __init__(self, jobs: list[Job], folder: Path, lines: bool = True) -> None:
        self.lines = lines
        self.todo = [job for job in jobs if job.state != "completed"]
        self.jobs = len(jobs)
        self.running: list[Job] = []
        self.failures: list[str] = []
        self.ended: Counter[str] = Counter(completed=self.jobs - len(self.todo))
        done = f", {self.ended['completed']} done before" if self.ended["completed"] else ""
        if lines:
            print(f"{self.jobs} runs into {os.path.relpath(folder)}{done}", flush=True)
        self.bar: Any = tqdm(total=self.jobs, initial=self.ended["completed"], unit="run", disable=None, leave=False)

    def start(self, job: Job) -> None:
        self.running.append(job)
        self._refresh()

    def end(self, job: Job, result: results.Result) -> str:
        """Says how it ended, and returns its status."""
        self.running.remove(job)
        status: str = result["status"]
        self.ended[status] += 1
        line = f"{job.name} · {outcome(result)}"
        if status != "completed":
            self.failures.append(line)
        if self.lines or status != "completed":
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


def outcome(result: results.Result) -> str:
    """`test acc 0.912 · 6.7 s`, or why there is none."""
    if result["status"] != "completed":
        return f"{result['status']}: {result['error']}"
    metrics, name = result["metrics"], result["objective"]
    said = [in_words(name, metrics[name], result["units"].get(name, ""))] if name in metrics else []
    return " · ".join([*said, f"{result['seconds']['total']:.1f} s"])
