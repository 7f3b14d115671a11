"""The door: `python -m src.reproduce [name …]` trains what others report, and shows it beside what is measured."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from src.lab import config  # noqa: F401 - where Hydra finds the project's launchers
from src.lab.cli.errors import SAME_COMMAND, one_line_errors
from src.lab.cli.wrapped import Help
from src.lab.reproduce.reproduce import reproduce

EXAMPLES = """Without a name, all that a reported.yaml beside an experiment states. Examples:
  python -m src.reproduce a mine      what report a says, and all said of mine
  python -m src.reproduce --quick     three seeds, fewer epochs where it says so
  python -m src.reproduce a trainer=cpu hydra.launcher.workers=1
The same command goes on where it was stopped. The page is outputs/reproduce/index.html, and index.md beside it."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.reproduce",
        description="Trains what others report of the experiments here, and shows it beside what is measured.",
        epilog=EXAMPLES,
        formatter_class=Help,
    )
    parser.add_argument("names", nargs="*", metavar="name | key=value", help="of reports or experiments; all, if none")
    parser.add_argument("--quick", action="store_true", help="three seeds, and fewer epochs where the file says so")
    parser.add_argument("--seeds", type=int, metavar="N", help="so many, in the place of the sweeps' own")
    parser.add_argument("--out", type=Path, default=Path("outputs/reproduce"), metavar="FOLDER", help="(%(default)s)")
    with one_line_errors(SAME_COMMAND):
        asked = parser.parse_intermixed_args()
        os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
        if asked.seeds is not None and asked.seeds < 1:
            raise ValueError(f"--seeds {asked.seeds} won't do: it should be a whole number from 1")
        names = [word for word in asked.names if "=" not in word]
        overrides = [word for word in asked.names if "=" in word]
        if not reproduce(names, asked.out, asked.quick, asked.seeds, overrides):
            sys.exit(1)


if __name__ == "__main__":
    main()
