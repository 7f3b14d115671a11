"""How the commands read their arguments: in any order, and with what a run that goes on was started with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote

from ..records.claim import Claim
from ..resume.given import asked_for
from ..stop import Stopped
from . import spelling, usage
from .arguments import DRY_RUN, apart, of_each_job, reduced
from .errors import one_line_errors
from .shown import door, named

SWEEP_FOLDER = "hydra.sweep.dir="


def main(app: Callable[[], None], go_on: Callable[[list[str]], None], dry_run: Callable[[list[str]], None]) -> None:
    """Runs a Hydra application, or what goes on with a run, or only says what there is to do. Exits with 1 where
    something failed, with 128 and the number of the signal where one told it to stop.
    """
    if {"-h", "--help"} & set(sys.argv):
        with one_line_errors():
            print(usage.text(each for each in sys.argv[1:] if each[0] != "-" and "=" not in each))
        return
    flags, overrides = apart([argument for argument in sys.argv[1:] if argument != DRY_RUN])
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
    with one_line_errors():
        spelling.check(sys.argv[1:])
        resumed, dry = asked_for(overrides), DRY_RUN in sys.argv
        if resumed or dry:
            flags, overrides = reduced(flags, overrides, "resume=" if resumed else DRY_RUN)
        if not resumed and ({"-m", "--multirun"} & {*flags} or any(each.startswith("sweep=") for each in overrides)):
            overrides = of_each_job(overrides)
        for said in () if resumed else spelling.unused(overrides):
            print(said, file=sys.stderr)
        if dry:
            dry_run(flags + overrides)
        elif resumed:
            go_on(overrides)
        else:
            typed, sys.argv[1:] = sys.argv[1:], flags + overrides
            Claim.place = None
            try:
                app()
            except BaseException as error:
                left = Claim.take_back()
                if left and isinstance(error, Stopped):
                    _advise(error, typed, left)
                raise


def _advise(stopped: Stopped, typed: list[str], folder: Path) -> None:
    """Says how to go on with a sweep; a single run has said it itself."""
    if not getattr(stopped, "__notes__", []):
        words = [each for each in typed if not each.startswith(SWEEP_FOLDER)]
        again = " ".join(map(quote, [*words, SWEEP_FOLDER + named(folder)]))
        stopped.add_note(f"go on: {door('train')} {again}")
