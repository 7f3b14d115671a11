"""A process beside a dask worker that holds one of this project's workers, as a sweep on one machine does.

In the dask worker itself a job would run in a thread: without signals, and often without the right to have children.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from multiprocessing import connection

from ...records import results
from ...stop import SIGNALS
from ..crew import Event
from ..workers import Worker, make_ready, stop


def main(agent: connection.Connection) -> None:
    """Runs the jobs that the agent sends, and sends what came of each. Once the agent sends nothing any longer, however
    that came about, the run that is going on is stopped, and this process ends.
    """
    for each in SIGNALS:  # who ends an allocation tells all of its processes: this one has to wait for the run's end
        signal.signal(each, lambda *_: None)
    make_ready()
    worker = Worker()
    with suppress(EOFError, ConnectionError):
        while True:
            busy = worker.job is not None
            if worker.pipe in connection.wait([worker.pipe, agent] if busy else [agent]):
                agent.send(worker.end())
            else:
                job, cfg, visible = agent.recv()
                if not worker.process.is_alive() or worker.visible != visible:
                    stop([worker])
                    worker = Worker(visible)
                worker.start(job, cfg)
    stop([worker])
    if worker.job is not None:
        event = Event(worker.job, True, "the sweep was stopped", results.there(worker.folder.result))
        with suppress(OSError):
            agent.send(event)


if __name__ == "__main__":
    main(connection.Connection(int(sys.argv[1])))
