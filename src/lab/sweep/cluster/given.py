"""Agents of a cluster that runs already: whoever started dask's scheduler and its workers sees to them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from . import engine

SECONDS_TO_CONNECT = 15


class Given:
    """The workers of the scheduler at an address such as `tcp://node:8786`."""

    def __init__(self, address: str | None, folder: Path) -> None:
        if not address or "://" not in address:
            raise ValueError(f"dask.scheduler={address} won't do: it should be an address such as tcp://node:8786")
        engine.check("dask", "distributed")
        self.address, self.folder = address, folder
        self.waited = False
        self.dask: Any = None

    def client(self, jobs: int) -> Any:
        self.folder.mkdir(parents=True, exist_ok=True)
        with engine.importing(self.folder):
            from distributed import Client
        try:
            self.dask = Client(self.address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConnectionError(f"no scheduler of dask's answers at {self.address}") from error
        return self.dask

    def tend(self, left: int, there: set[str]) -> None:
        if not there and not self.waited:
            print(f"{self.address} has no workers yet: waiting for some", flush=True)
            self.waited = True

    def close(self) -> None:
        if self.dask:
            self.dask.close()
        with suppress(OSError):  # dask has left word in it
            self.folder.rmdir()
