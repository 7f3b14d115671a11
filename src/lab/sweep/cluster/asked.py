"""What is asked of a queueing system, in its own words; who is asked, and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

AMOUNT = re.compile(r"\d+(\.\d+)? ?[KMGT]?i?B", re.IGNORECASE)
TIME = re.compile(r"(\d+-)?\d{1,3}(:\d\d){1,2}")


@dataclass
class Asked:
    """Allocations, and what each of them is: the options of the launchers. Raises ValueError where one won't do."""

    jobs: int
    cores: int
    memory: str
    walltime: str
    partition: str | None = None
    account: str | None = None
    gres: str | None = None
    directives: Sequence[str] = ()
    prologue: Sequence[str] = ()
    interface: str | None = None

    def __post_init__(self) -> None:
        for name in "jobs", "cores":
            self._check(name, type(getattr(self, name)) is int and getattr(self, name) >= 1, "a whole number from 1")
        self._check("memory", AMOUNT.fullmatch(str(self.memory)) is not None, "an amount such as 4GB")
        self._check("walltime", TIME.fullmatch(str(self.walltime)) is not None, "a time such as 1:30:00, in quotes")
        for name in "partition", "account", "gres", "interface":
            self._check(name, isinstance(getattr(self, name), str | None), "a name, or null")
        for name in "directives", "prologue":
            lines = getattr(self, name)
            fine = (
                isinstance(lines, Sequence)
                and not isinstance(lines, str)
                and all(isinstance(line, str) for line in lines)
            )
            self._check(name, fine, "a list of lines, such as ['--exclusive']")

    def _check(self, name: str, fine: bool, wanted: str) -> None:
        if not fine:
            raise ValueError(f"hydra.launcher.{name}={getattr(self, name)} won't do: it should be {wanted}")


class System(NamedTuple):
    """A queueing system: dask_jobqueue's class for it, what it calls things, and its own commands."""

    cluster: str
    submit: str
    account: str  # what dask_jobqueue calls it
    more: Callable[[Asked], dict[str, Any]]
    directives: Callable[[Asked], list[str]]
    listed: str  # the command that lists the jobs of a name, a line each that begins with the number
    cancel: str  # the one that ends them
    nodes: str = "false"  # the one that prints the addresses of all nodes


def _chunk(asked: Asked) -> dict[str, Any]:
    parts = "select=1", f"ncpus={asked.cores}", f"mem={asked.memory.replace(' ', '')}", asked.gres
    return {"resource_spec": ":".join(filter(None, parts))}


def _lsf(asked: Asked) -> dict[str, Any]:
    days, _, clock = str(asked.walltime).rpartition("-")
    parts = [int(part) for part in clock.split(":")]
    hours, minutes = parts[:2] if len(parts) == 3 else (0, parts[0])  # it knows no seconds
    return {"ncpus": asked.cores, "walltime": f"{24 * int(days or 0) + hours}:{minutes:02}"}


def _option(option: str, *always: str) -> Callable[[Asked], list[str]]:
    return lambda asked: [*always, *([f"{option}{asked.gres}"] if asked.gres else [])]


# One that Slurm puts back into the queue would come too late: another is asked for at once.
SYSTEMS = {
    "slurm": System(
        "SLURMCluster", "sbatch", "account", lambda asked: {"job_cpu": asked.cores}, _option("--gres=", "--no-requeue"),
        "squeue --noheader --format=%i --name={name}", "scancel --name={name}", "sinfo --noheader --Node --format=%o",
    ),
    "pbs": System(
        "PBSCluster", "qsub", "account", _chunk, lambda asked: [],
        "qselect -N {name}", "qselect -N {name} | xargs -r qdel",
    ),
    "sge": System(
        "SGECluster", "qsub", "project", lambda asked: {}, _option("-l "),
        "qstat", "qdel {name}",
    ),
    "lsf": System(
        "LSFCluster", "bsub", "project", _lsf, _option("-gpu "),
        "bjobs -noheader -o jobid -J {name}", "bkill -J {name} 0",
    ),
}  # fmt: skip
