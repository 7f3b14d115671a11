"""Where Hydra looks for what extends it: each experiment's configuration, and the launcher of sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from src.lab.places import experiments

if TYPE_CHECKING:
    from src.lab.sweep.crew import Crew


class Experiments(SearchPathPlugin):
    """Joins `conf/experiments/*` to `conf`: their choices are found under the same groups."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in experiments():
            search_path.append("experiments", f"file://{folder}")


class Cores(Launcher):
    """Hands the jobs over to `src.lab.sweep`, which runs them in parallel on this machine.

    Args:
        workers: jobs at a time.

    Raises:
        ValueError: that is no number from 1.
    """

    def __init__(self, workers: int) -> None:
        if not isinstance(workers, int) or workers < 1:
            raise ValueError(f"hydra.launcher.workers={workers} won't do: it should be a whole number from 1")
        self.workers = workers

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.loader = hydra_context.config_loader
        self.config = config

    def crew(self, jobs: int) -> Crew:
        """Who runs so many jobs."""
        from src.lab.sweep.workers import Workers

        return Workers(min(self.workers, jobs))

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> list[JobReturn]:
        from src.lab.sweep import sweep

        sweep.run(self.config, self.loader, job_overrides, self.crew)
        return []
