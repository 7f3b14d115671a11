"""The door: `make dashboard` is TensorBoard on the newest runs, or those in some folders, for this machine alone."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from src.lab.board import found, words
from src.lab.board.links import Links
from src.lab.cli.errors import one_line_errors
from src.lab.stop import Stopped

OUTPUTS = Path("outputs")
SECONDS = 5.0  # between two looks at what there is, which is how often TensorBoard looks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m src.dashboard", description="TensorBoard, at localhost.")
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="folder",
        help="of runs or sweeps, at any depth (the newest in outputs)",
    )
    parser.add_argument("--port", type=int, default=6006, help="or the next one that is free (%(default)s)")
    with one_line_errors():
        arguments = parser.parse_args()
        show(arguments.folders or [_newest()], not arguments.folders, arguments.port)


def _newest() -> Path:
    there = found.below([OUTPUTS] if OUTPUTS.is_dir() else [])
    newest = found.newest(OUTPUTS, there)
    if not newest:
        raise FileNotFoundError(words.nothing([OUTPUTS], there.runs))
    return newest


def show(folders: list[Path], newest: bool, wanted: int) -> None:
    """Until it is told to stop.

    Raises:
        FileNotFoundError: a folder isn't there, or there are no event files in any.
        RuntimeError: no port is free.
    """
    name = words.listed(folders).replace(os.sep, "_")[-60:]  # the page shows it
    with suppress(Stopped), TemporaryDirectory(prefix=f"{name}_") as place:
        links = Links(Path(place), folders)
        if not links.made:
            raise FileNotFoundError(words.nothing(folders, links.found.runs))
        from src.lab.board import server  # a second: not for those who have nothing to show

        port = server.free_port(wanted)
        if port != wanted:
            print(f"port {wanted} is taken, by another dashboard or program: this one is at {port}")
        served = server.serve(Path(place), words.listed(folders), port, lambda: links.swept)
        first, *more = words.shown(links.found, folders, newest, served.ticked)
        everything = f"; all there is: python -m src.dashboard {OUTPUTS}" if newest else ""
        print(f"{served.url} shows {first}", *more, f"Ctrl-C ends it{everything}", sep="\n", flush=True)
        while True:
            time.sleep(SECONDS)
            with suppress(FileNotFoundError):  # somebody tidies up
                links.update()


if __name__ == "__main__":
    main()
