"""What runs in a dask worker: it hands the jobs to a process of this project's, and says how they begin and end."""

from __future__ import annotations

import pickle
import time
from typing import Any

from ...records import results
from ...records.folder import RunFolder, freed, state
from .. import devices
from ..begin import go_on
from .holding import Holders

SECONDS_TO_DOUBT = 1.0  # after a process was killed: is it only the first to go of all those in an allocation?
SECONDS_UNTIL_GONE = 90.0  # after which a lost agent's run is over: what is left of its folder's lock is nobody's

HOLDERS = Holders()
RUNNING = "running", "paused"  # the states of a worker of dask's that is not about to end


class Leaving:
    """Whether this process is about to end, and what runs in it with it."""

    now = False


def run(job: int, pickled: bytes, place: str, again: bool, topic: str) -> None:
    """Runs a job and tells its begin and its end by events of dask's. Where this agent is given up meanwhile it tells
    no end: somebody else goes on with the job.

    Args:
        job: its number.
        pickled: its configuration.
        place: the folder that the sweep is run in.
        again: it was begun before by an agent that is lost, and whose process may still be at work.
        topic: of the events.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def here() -> bool:
        return not Leaving.now and worker.status.name in RUNNING

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return here() and task is not None and task.state != "cancelled"

    def tell(event: dict[str, Any]) -> None:
        worker.log_event(topic, {"job": job, "key": key, **event})

    cfg = pickle.loads(pickled)
    folder = RunFolder(cfg.job.folder)
    freed(folder.path, SECONDS_UNTIL_GONE, again)
    tell({"mark": folder.last.stat().st_mtime_ns if folder.last.is_file() else 0})
    if state(folder, cfg) == "completed":  # by who was lost before he could say so
        tell({"error": None, "result": results.read(folder.result)})
        return
    go_on(cfg, folder)
    with HOLDERS.one(place, topic) as holder:
        event = holder.run(job, cfg, devices.visible([cfg], worker.state.nthreads), wanted)
    if event.error and event.error.startswith("its process"):
        time.sleep(SECONDS_TO_DOUBT)
    if here():
        tell({"error": event.error, "result": event.result})
