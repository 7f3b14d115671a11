"""What each process of a run in several does: it trains its part, and says what came of it. See `ranks`."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from .cli.leave import leaving
from .cli.streams import lasting
from .records.folder import RunFolder, is_main_process
from .records.results import Result, one_line
from .resume import resume
from .stop import listening


def main(number: int) -> None:
    """Trains what comes through the pipe that is open under this number, and answers with the result and the error."""
    pipe = Connection(number)
    with leaving(), lasting():
        error: BaseException | None = None
        result: Result = {}
        try:
            with listening():
                cfg, checkpoint, result = pipe.recv()
                threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()
                _train(cfg, checkpoint, result)
        except BaseException as raised:
            error = raised
        pipe.send((result, error and _portable(error)))


def _train(cfg: DictConfig, checkpoint: Path | None, result: Result) -> None:
    if is_main_process():
        resume.log_to(RunFolder(cfg.job.folder))  # the one log of the run
    else:
        logging.disable()
    from . import config
    from .train import train
    from .trainer import quiet

    with quiet():
        train(cfg, config.check(cfg), checkpoint, result)


def _portable(error: BaseException) -> tuple[bytes, str, str]:
    """An exception, pickled as far as that goes, in one line, and its traceback."""
    try:
        pickled = pickle.dumps(error)
    except Exception:
        pickled = b""
    return pickled, one_line(error), "".join(traceback.format_exception(error))


def _end_with_parent(pipe: Connection) -> None:
    """Waits for the end of the process that waits for this one, and ends this one and its own with it."""
    try:
        pipe.recv()
    except Exception:
        os.killpg(0, signal.SIGKILL)


__all__: list[Any] = ["main"]
