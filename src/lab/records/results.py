"""result.json: what a run was and what came of it, written atomically whatever happens. Imports no torch."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

log = logging.getLogger(__name__)

SCHEMA = 1
NAME = "result.json"
METRICS = ("test/error", "test/digit_error", "test/area_error")  # what tables and lines show
PACKAGES = ("torch", "pytorch-lightning", "hydra-core", "numpy")
# What says how or where a run is made, and not what comes of it.
ASIDE = ("seed", "resume", "max_time", "fail_fast", "figures", "logger", "data.root", "data.download")
NOT_DEFINING = (*ASIDE, "checkpoint", "job", "hydra")
NOT_GROUPING = (*ASIDE, "checkpoint.every", "sweep", "runs")

Result = dict[str, Any]


@contextmanager
def recorded(cfg: DictConfig) -> Iterator[Result]:
    """Yields the result for the run to fill in, and writes it into `cfg.job.folder` at the end.

    A run that raises is written down as failed, one that is told to stop or runs out of time as interrupted; the
    exception goes on.
    """
    start = time.perf_counter()
    result = blank(cfg)
    try:
        yield result
        result["status"] = "completed"
    except BaseException as error:
        stopped = isinstance(error, TimeoutError) or not isinstance(error, Exception)
        result["status"] = "interrupted" if stopped else "failed"
        result["error"] = one_line(error)
        log.info("%s", result["status"], exc_info=True)  # the traceback is for train.log, the screen gets a line
        raise
    finally:
        result["seconds"]["total"] = round(time.perf_counter() - start, 3)
        if is_main_process():
            write(result, Path(cfg.job.folder))


def is_main_process() -> bool:
    """Of the processes of one run (trainer=ddp), the first one speaks and writes."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def blank(cfg: DictConfig) -> Result:
    """The result of a run that has not begun."""
    overrides = list(cfg.job.overrides)
    return {
        "schema": SCHEMA,
        "status": "failed",
        "model": cfg.job.model,
        "seed": cfg.seed,
        "networks": cfg.runs,
        "overrides": overrides,
        "group": {"model": cfg.job.model} | grouping(overrides),
        "config_hash": config_hash(cfg),
        "parameters": None,
        "epochs": 0,
        "metrics": {},
        "runs": [],
        "seconds": {"fit": None, "total": None},
        "device": None,
        "versions": {package: version(package) for package in PACKAGES},
        "git": git_revision(),
        "error": None,
    }


def write(result: Result, folder: Path) -> None:
    """Writes `folder/result.json`: a reader sees the old file or the new one, never half of it."""
    target = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("w") as file:
        json.dump(result, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def read(path: Path) -> Result:
    """Raises ValueError where the file holds no result of a schema that this version knows."""
    try:
        result = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no result file: {error}") from error
    if not isinstance(result, dict) or result.get("schema") != SCHEMA:
        raise ValueError(f"{path} is no result file of schema {SCHEMA}")
    return result


def grouping(overrides: list[str]) -> dict[str, str]:
    """The overrides that tell groups apart: `{"model": "basic", "optimizer.lr": "0.1"}`, without the seed."""
    pairs = (override.lstrip("+~").partition("=")[::2] for override in overrides)
    return {key: value for key, value in pairs if key not in NOT_GROUPING and not key.startswith("hydra")}


def config_hash(cfg: DictConfig) -> str:
    """12 hexadecimal digits of what defines the run, but for the seed. Unresolved, so that what follows the seed or
    the machine doesn't count.
    """
    plain = OmegaConf.to_container(cfg, resolve=False)
    assert isinstance(plain, dict)
    for key in NOT_DEFINING:
        *parents, last = key.split(".")
        node = plain
        for parent in parents:
            node = node.get(parent, {})
        node.pop(last, None)
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:12]


def one_line(error: BaseException) -> str:
    """`ValueError: what is wrong`, however many lines the message has."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def git_revision() -> str | None:
    """The commit of the project, with `-dirty` where files differ from it; None outside a repository."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
