"""What a worker process does: it runs the jobs of a sweep that come to it, one after another."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from multiprocessing import connection, parent_process, set_start_method
from typing import Any

from hydra.core.utils import run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from ..cli.streams import lasting
from ..records import results
from ..stop import Stopped, listening


def work(pipe: connection.Connection, visible: str | None) -> None:
    """What a worker does: runs the jobs that come through the pipe, and says of each what was wrong, or None. Told to
    stop, it ends with the job that it is at. `visible` names the GPUs that it is to see.
    """
    os.setsid()
    os.environ |= {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}  # before CUDA is begun with
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the sweep had it ignored
    set_start_method(None, force=True)  # as in a single run: else a loader's workers were begun as this one is
    threading.Thread(target=_end_with_parent, daemon=True).start()
    status = 0
    try:
        with lasting(), listening(), suppress(EOFError, ConnectionError):
            setup_globals()
            from ..train import run  # seconds to import: once for all workers

            while True:
                pipe.send(_run(run, pipe.recv()))
    except Stopped as stopped:
        status = stopped.status
    os._exit(status)  # a second sooner than by unloading torch


class _NoCallbacks:
    """Of Hydra's callbacks, which were called in the parent."""

    def on_job_start(self, **kwargs: Any) -> None: ...

    def on_job_end(self, **kwargs: Any) -> None: ...


def _run(run: TaskFunction, cfg: DictConfig) -> str | None:
    """Runs a job as Hydra does, with its log and its `.hydra`; returns what went wrong, in one line."""
    said = []

    def task(cfg: DictConfig) -> None:
        try:
            run(cfg)
        except Exception as error:
            said.append(results.one_line(error))
            raise

    context = HydraContext(config_loader=None, callbacks=_NoCallbacks())  # type: ignore[arg-type]
    run_job(task, cfg, "hydra.sweep.dir", "hydra.sweep.subdir", context)
    return said[0] if said else None


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
