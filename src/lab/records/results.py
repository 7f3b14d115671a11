"""result.json: what a run was and what came of it, written atomically whatever happens. Imports no torch."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from . import origin, source
from .atomic import put
from .metrics import Metrics, diverged, in_a_line, meanings
from .shape import parsed
from .signature import fold, grouping, hashes

log = logging.getLogger(__name__)

SCHEMA = 2
NAME = "result.json"
ATTEMPT = "attempt.json"  # in the place of a result that is worth more

Result = dict[str, Any]


@contextmanager
def recorded(cfg: DictConfig, writes: bool) -> Iterator[Result]:
    """Yields the result for the run to fill in and, where it `writes`, puts it into `cfg.job.folder` at the end.

    A run that raises is written down as failed, one that is told to stop or runs out of time as interrupted; the
    exception goes on. Neither takes the place of a result that is worth more: it is then put beside it, as `ATTEMPT`.
    """
    start, result = time.perf_counter(), blank(cfg)
    log.info("a run of %s, seed=%s: %s", cfg.job.model, cfg.seed, result["overrides"])
    try:
        yield result
        result["status"] = "completed"
        log.info("completed after %d epochs: %s", result["epochs"], in_a_line(result))
    except BaseException as error:
        failed = isinstance(error, Exception) and not isinstance(error, TimeoutError)
        result |= {"status": "failed" if failed else "interrupted", "error": one_line(error)}
        log.info("%s", result["status"] if failed else f"interrupted: {result['error']}", exc_info=failed)
        raise
    finally:
        result["seconds"]["total"] = round(time.perf_counter() - start, 3)
        if writes:
            result["before"] = origin.before(Path(cfg.job.folder))
            _put(result, Path(cfg.job.folder))


def blank(cfg: DictConfig) -> Result:
    """The result of a run that has not begun."""
    overrides = list(cfg.job.overrides)
    return {
        "schema": SCHEMA,
        "status": "failed",
        "model": cfg.job.model,
        "seed": cfg.seed,
        "fold": fold(cfg),
        "note": None if cfg.get("note") is None else str(cfg.note),
        "networks": cfg.runs,
        "overrides": overrides,
        "group": {"model": cfg.job.model} | grouping(overrides),
        "data": cfg.job.choices.get("data"),
        **hashes(cfg),
        "parameters": None,
        "epochs": 0,
        "objective": cfg.objective,
        "monitor": cfg.monitor,
        **described(cfg, filter(None, (cfg.monitor, cfg.objective))),
        "metrics": {},
        "runs": [],
        "seconds": {"fit": None, "total": None},
        "tested_on": None,
        "device": None,
        "resumed": OmegaConf.to_container(cfg.job.get("resumed") or OmegaConf.create([])),
        "processor": None,
        **source.of(cfg).said(),
        "error": None,
    }


def described(cfg: DictConfig, names: Iterable[str]) -> dict[str, Any]:
    """What the configuration says of metrics: `units`, `better`, `unlearnt`; those it names in full are `shown`."""
    entries: Any = OmegaConf.to_container(cfg.metrics, resolve=True)
    found = meanings(names, entries)
    return {
        "units": {name: said.unit for name, said in found.items() if said.unit},
        "better": {name: said.better for name, said in found.items() if said.better},
        "unlearnt": {name: said.unlearnt for name, said in found.items() if said.unlearnt is not None},
        "shown": [name for name in entries if name in found],
    }


def plain(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """The figures as strict JSON holds them: in order, and null in the place of what is not a finite number."""
    return {name: value if math.isfinite(value) else None for name, value in sorted(metrics.items())}


def of_network(seed: int, epochs: int, metrics: Metrics) -> dict[str, Any]:
    """The entry in `runs` of a network that the run trained: its figures or, if it diverged, which loss says so."""
    if said := diverged(metrics):
        return {"seed": seed, "metrics": {}, "status": "failed", "error": f"diverged: {said}", "epochs": epochs}
    return {"seed": seed, "metrics": plain(metrics), "epochs": epochs}


def write(result: Result, folder: Path, name: str = NAME) -> None:
    """Writes `folder/result.json`, whole or not at all."""
    put(json.dumps(result, indent=1, allow_nan=False), folder / name)


def _put(result: Result, folder: Path) -> None:
    before = there(folder / NAME)
    completed = result["status"] == "completed"
    worse = before and not completed and (before["status"] == "completed" or before["epochs"] > result["epochs"])
    try:
        write(result, folder, ATTEMPT if worse else NAME)
        if completed:
            (folder / ATTEMPT).unlink(missing_ok=True)
    except OSError as error:  # no room is left; what the run itself came across is the better thing to hear of
        if completed:
            raise
        log.info("no result was written: %s", error)


def there(path: Path) -> Result | None:
    """The result in a file; None where there is none, or it can't be read, which is said."""
    try:
        return read(path) if path.is_file() else None
    except ValueError as error:
        log.warning("%s", error)
        return None


def read(path: Path) -> Result:
    """Raises ValueError, in a line that names the file, where it holds no whole result of a schema known here."""
    try:
        return parsed(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} is no result file: {error}") from error


def one_line(error: BaseException) -> str:
    """`ValueError: what is wrong`, however many lines the message has."""
    return ": ".join(filter(None, [type(error).__name__, " ".join(str(error).split())]))
