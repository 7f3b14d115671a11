"""The process of an allocation: dask's worker, with the agent in it, until either is told to end.

    python -m src.lab.sweep.cluster.allocation tls://scheduler:1234 --name … --nthreads …

It is dask's own command line, and not dask's own program: that one, told to end while it loses its scheduler, hangs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from ...stop import SIGNALS
from .agent import HOLDERS, RUNNING, Leaving

SECONDS_TO_LOOK = 0.2  # between two looks at whether dask's worker is still there


def main() -> None:
    """Never returns. What runs at the end is told to stop, and has some seconds for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scheduler")
    for name in (
        "name",
        "memory-limit",
        "local-directory",
        "interface",
        "protocol",
        "tls-ca-file",
        "tls-cert",
        "tls-key",
    ):
        parser.add_argument(f"--{name}")
    parser.add_argument("--nthreads", type=int)
    parser.add_argument("--death-timeout", type=float)
    HOLDERS.warm(str(Path.cwd()))  # while dask is imported
    status = 1
    try:
        asyncio.run(_work(parser.parse_args()))
        status = 0
    finally:
        HOLDERS.stop()
        os._exit(status)


async def _work(told: argparse.Namespace) -> None:
    from distributed import Security, Worker

    over = asyncio.Event()
    for each in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(each, over.set)
    keys = {"tls_ca_file": told.tls_ca_file, "tls_worker_cert": told.tls_cert, "tls_worker_key": told.tls_key}
    security = Security(**keys, require_encryption=True) if told.tls_cert else Security()
    worker = await Worker(
        told.scheduler, name=told.name, nthreads=told.nthreads, memory_limit=told.memory_limit, security=security,
        interface=told.interface, protocol=told.protocol, death_timeout=told.death_timeout,
        local_directory=told.local_directory, dashboard=False, dashboard_address="127.0.0.1:0",
    )  # fmt: skip
    while not over.is_set() and worker.status.name in RUNNING:
        await asyncio.sleep(SECONDS_TO_LOOK)
    Leaving.now = True
    HOLDERS.stop()
    os._exit(0)  # whatever dask, or a thread of it, still waits for


if __name__ == "__main__":
    main()
