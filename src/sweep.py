"""A sweep as its parent process sees it: checked before it starts, a line a job, a table at the end. Imports no torch.

Results travel through files, so that it makes no difference which launcher runs the jobs, or how they end.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from . import config, results
from .explain import explain

POLL_SECONDS = 0.2

current: Sweep | None = None  # Hydra pickles its callbacks into the jobs' processes: what runs here can't live in them


class Watch(Callback):
    """Hydra calls it at the start of a sweep, in the parent."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        global current
        try:
            jobs, varied = plan(config)
            check(config, jobs)
        except Exception as error:
            sys.exit(f"error: {explain(error)}")  # Hydra would turn a callback's exception into a warning
        current = Sweep(Path(config.hydra.sweep.dir), len(jobs), varied)


def plan(cfg: DictConfig) -> tuple[list[list[str]], set[str]]:
    """The overrides of each job that Hydra's sweeper is going to make, and the keys that differ between them."""
    parameters = [f"{key}={value}" for key, value in (cfg.hydra.sweeper.params or {}).items()]
    overrides = OverridesParser.create().parse_overrides([*parameters, *cfg.hydra.overrides.task])
    varied = {override.get_key_element() for override in overrides if override.is_sweep_override()}
    return BasicSweeper.split_arguments(overrides, None)[0], varied


def check(cfg: DictConfig, jobs: list[list[str]]) -> None:
    """Raises at the first job whose configuration won't do, before any is started."""
    loader = GlobalHydra.instance().config_loader()
    for job in jobs:
        config.check(loader.load_sweep_config(cfg, job))


class Sweep:
    """What has come of the jobs so far, read from the sweep's folder and said as it comes."""

    def __init__(self, folder: Path, jobs: int, varied: set[str]) -> None:
        self.folder = folder
        self.jobs = jobs
        self.varied = varied
        self.start = time.time()
        self.results: dict[Path, results.Result] = {}
        self.ended = threading.Event()
        print(f"{jobs} runs into {os.path.relpath(folder)}", flush=True)
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def finish(self) -> list[str]:
        """Says what is still to be said, writes the summary and shows it; returns a line for each job that failed."""
        from . import report

        self.ended.set()
        self.thread.join()
        self._collect()
        table = report.Report(report.load([self.folder]))
        table.write(self.folder)
        table.show()
        return [self._line(result) for result in self.results.values() if result["status"] != "completed"]

    def _watch(self) -> None:
        from . import report  # noqa: F401 - what the table needs, while there is time

        while not self.ended.wait(POLL_SECONDS):
            self._collect()

    def _collect(self) -> None:
        for path in sorted(self.folder.glob(f"*/{results.NAME}")):
            if path not in self.results and path.stat().st_mtime >= self.start - 1:
                self.results[path] = result = results.read(path)
                print(f"[{len(self.results)}/{self.jobs}] {self._line(result)}", flush=True)

    def _line(self, result: results.Result) -> str:
        values = {**result["group"], "seed": result["seed"]}
        name = " ".join(f"{key}={value}" for key, value in values.items() if key in self.varied)
        if result["status"] != "completed":
            return f"{name} · {result['status']}: {result['error']}"
        return f"{name} · test error {result['metrics']['test/error']:.1f} % · {result['seconds']['total']:.1f} s"
