"""dask, imported so that it keeps to itself: no files at home, no lines on the screen, no pages for a browser."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NEEDS = "hydra/launcher={} needs packages that are not here: .venv/bin/pip install {}"
PACKAGES = {"distributed": "distributed", "dask_jobqueue": "dask-jobqueue", "cryptography": "cryptography"}
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # a run that lost its agent comes back here, and is handed out again
    "distributed.scheduler.worker-ttl": "60s",
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.use-file-locking": False,
    "distributed.admin.tick.limit": "60s",
}


def check(launcher: str, *modules: str) -> None:
    """Raises ModuleNotFoundError, in a line that says what to install, where one of the modules is not here."""
    missing = [PACKAGES[module] for module in modules if find_spec(module) is None]
    if missing:
        raise ModuleNotFoundError(NEEDS.format(launcher, " ".join(missing)))


@contextmanager
def importing(folder: Path) -> Iterator[None]:
    """Within it, dask may be imported; what it has to say goes into a file in the folder.

    The configuration is this one: not that of a user's home, where dask would write one too. `DASK_CONFIG` names
    another, and variables such as `DASK_DISTRIBUTED__COMM__TLS__CA_FILE` are heard, as ever.
    """
    os.environ.setdefault("DASK_CONFIG", os.devnull)
    before = signal.getsignal(signal.SIGINT)  # dask_jobqueue takes it over
    import dask

    file = {"class": "logging.FileHandler", "filename": str(folder / "dask.log"), "delay": True}
    loggers = {
        name: {"level": "WARNING", "handlers": ["file"], "propagate": False} for name in ("distributed", "tornado")
    }
    logging: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"file": file},
        "loggers": loggers,
    }
    dask.config.set(SETTINGS | {"temporary-directory": str(folder), "logging": logging})
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def by_value(root: str) -> Callable[..., None]:
    """What dask's workers run. It is sent as code: they find the project by it."""

    def run(*arguments: Any) -> None:
        import sys

        if root not in sys.path:
            sys.path.append(root)
        from src.lab.sweep.cluster import agent

        agent.run(*arguments)

    return run
