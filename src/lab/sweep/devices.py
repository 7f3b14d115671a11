"""Which GPUs each worker of a sweep sees. Imports no torch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from itertools import cycle, islice

from omegaconf import DictConfig, OmegaConf

UUID = re.compile(r"\(UUID: ((GPU|MIG)-[^)]+)\)")


def visible(jobs: Sequence[DictConfig], workers: int) -> list[str | None]:
    """What `CUDA_VISIBLE_DEVICES` is to say in each of the workers that these jobs are run by, at most so many, and
    fewer where a run is several processes, of which each takes a core. None leaves it as it is: the jobs ask for no
    GPU, or for some by their numbers, or there is none.
    """
    processes = [OmegaConf.select(job, "trainer.devices") for job in jobs]
    workers = max(1, workers // max([1, *(each for each in processes if type(each) is int)]))
    asked = [OmegaConf.select(job, "trainer.devices") for job in jobs if _may_use_a_gpu(job)]
    if not asked or not all(type(each) is int or each == "auto" for each in asked) or not (found := gpus()):
        return [None] * workers
    each = max(len(found) if devices in ("auto", -1) else devices for devices in asked)
    return list(slots(workers, found, min(job.gpu.share for job in jobs), each))


def slots(workers: int, gpus: Sequence[str], share: int, each: int = 1) -> list[str]:
    """The GPUs of each worker, as `CUDA_VISIBLE_DEVICES` names them: every GPU is given to one worker before any is
    given to a second one.

    Args:
        workers: the most there may be, of which each takes a core.
        gpus: the names of those of the machine.
        share: workers at a time on a GPU.
        each: GPUs that a run trains on together.
    """
    whole = max(1, len(gpus) // each)  # those that are left over can't serve a run
    teams = [",".join(gpus[each * i : each * (i + 1)]) for i in range(whole)]
    return list(islice(cycle(teams), min(workers, share * len(teams))))


def gpus() -> list[str]:
    """The names of this machine's NVIDIA GPUs, or of those that `CUDA_VISIBLE_DEVICES` leaves of them. Where a GPU is
    split into MIG instances, these are what is named.
    """
    if not (listed := _listed()):
        return []
    if (chosen := os.environ.get("CUDA_VISIBLE_DEVICES")) is None:
        return in_listing(listed)
    names = [name.strip() for name in chosen.split(",")]
    return [] if "-1" in names else [name for name in names if name]


def in_listing(listed: str) -> list[str]:
    """The names in what `nvidia-smi -L` says, where the instances of a GPU follow it."""
    names: list[str] = []
    for name, kind in UUID.findall(listed):
        if kind == "MIG" and names and names[-1].startswith("GPU"):
            names.pop()
        names.append(name)
    return names


def _may_use_a_gpu(job: DictConfig) -> bool:
    return OmegaConf.select(job, "trainer.accelerator") in ("auto", "gpu", "cuda")


def _listed() -> str:
    if (command := shutil.which("nvidia-smi")) is None:
        return ""
    done = subprocess.run([command, "-L"], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
