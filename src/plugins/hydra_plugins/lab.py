"""Where Hydra looks for what extends it: each experiment's configuration, and the launcher of sweeps."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from src.lab.places import experiments

if TYPE_CHECKING:
    from src.lab.sweep.crew import Crew

FILES = ".cluster"  # in a sweep's folder: what dask and the queueing system have to say


class Experiments(SearchPathPlugin):
    """Joins `conf/experiments/*` to `conf`: their choices are found under the same groups."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in experiments():
            search_path.append("experiments", f"file://{folder}")


class Ours(Launcher):
    """Hands the jobs over to `src.lab.sweep`, and says who runs them."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.loader = hydra_context.config_loader
        self.config = config

    @abstractmethod
    def crew(self, jobs: int) -> Crew:
        """Who runs so many jobs."""

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> list[JobReturn]:
        from src.lab.sweep import sweep

        sweep.run(self.config, self.loader, job_overrides, self.crew)
        return []


class Cores(Ours):
    """This machine, in parallel.

    Args:
        workers: jobs at a time.

    Raises:
        ValueError: that is no number from 1.
    """

    def __init__(self, workers: int) -> None:
        if not isinstance(workers, int) or workers < 1:
            raise ValueError(f"hydra.launcher.workers={workers} won't do: it should be a whole number from 1")
        self.workers = workers

    def crew(self, jobs: int) -> Crew:
        from src.lab.sweep.workers import Workers

        return Workers(min(self.workers, jobs))


class Queue(Ours):
    """Allocations of a queueing system, by dask.

    Args:
        system: `slurm`, `pbs`, `sge` or `lsf`.
        folder: of the sweep.
        threads: of a run: an allocation runs as many at a time as its cores allow.
        asked: what is asked of the system: `src.lab.sweep.cluster.asked.Asked`.

    Raises:
        FileNotFoundError: the system isn't here.
        ModuleNotFoundError: dask isn't.
        ValueError: one of the options won't do.
    """

    def __init__(self, system: str, folder: str, threads: int, **asked: Any) -> None:
        from src.lab.sweep.cluster.asked import Asked
        from src.lab.sweep.cluster.queue import Queue

        self.place = Queue(system, Asked(**asked), Path(folder).resolve() / FILES, threads)

    def crew(self, jobs: int) -> Crew:
        from src.lab.sweep.cluster.crew import Cluster

        return Cluster(self.place)


class Dask(Ours):
    """The workers of a scheduler of dask's that runs already.

    Args:
        scheduler: its address, such as `tcp://node:8786`.
        folder: of the sweep.

    Raises:
        ModuleNotFoundError: dask isn't here.
        ValueError: no scheduler is named.
    """

    def __init__(self, scheduler: str | None, folder: str) -> None:
        from src.lab.sweep.cluster.given import Given

        self.place = Given(scheduler, Path(folder).resolve() / FILES)

    def crew(self, jobs: int) -> Crew:
        from src.lab.sweep.cluster.crew import Cluster

        return Cluster(self.place)
