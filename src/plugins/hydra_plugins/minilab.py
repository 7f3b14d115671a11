"""Where Hydra looks for launchers: the one that runs a sweep's jobs in parallel, one a core."""

from __future__ import annotations

from collections.abc import Sequence

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from src import sweep


class Cores(Launcher):
    """Hands the jobs over to `src.sweep`, which tells of them itself.

    Args:
        workers: jobs at a time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.loader = hydra_context.config_loader
        self.config = config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> list[JobReturn]:
        sweep.run(self.config, self.loader, job_overrides, self.workers)
        return []
