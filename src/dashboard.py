"""The door: `make dashboard` is TensorBoard on everything under outputs/, which nobody but this machine can see."""

from __future__ import annotations

import argparse
import io
import sys
import threading
from contextlib import redirect_stderr, suppress

from src.lab.cli.errors import one_line_errors
from src.lab.stop import Stopped


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m src.dashboard", description="TensorBoard on outputs/.")
    parser.add_argument("port", type=int, nargs="?", default=6006, help="at localhost (%(default)s)")
    with one_line_errors():
        port = parser.parse_args().port
        print(f"{serve(port)} shows outputs/; Ctrl-C ends it", flush=True)
        with suppress(Stopped):
            threading.Event().wait()


def serve(port: int) -> str:
    """Where TensorBoard listens from now on. Of what it says on its way there, nothing is shown if it gets there.

    Raises:
        RuntimeError: the port is taken.
        TensorBoardServerException: TensorBoard can't have it for another reason.
    """
    from tensorboard.program import TensorBoard, TensorBoardPortInUseError, TensorBoardServerException  # a second

    said = io.StringIO()
    try:
        with redirect_stderr(said):
            board = TensorBoard()
            board.configure(["", "--logdir", "outputs", "--host", "localhost", "--port", str(port)])
            url: str = board.launch()
    except TensorBoardPortInUseError:
        raise RuntimeError(
            f"port {port} is taken, by another dashboard or program: make dashboard PORT={port + 1}"
        ) from None
    except TensorBoardServerException:
        raise
    except BaseException:
        sys.stderr.write(said.getvalue())
        raise
    return url


if __name__ == "__main__":
    main()
