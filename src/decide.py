"""The door: `python -m src.decide model=a,b` runs as many seeds as it takes to tell them apart."""

from __future__ import annotations

import argparse
import os

from src.lab.cli.errors import SAME_COMMAND, one_line_errors
from src.lab.cli.leave import leaving
from src.lab.cli.wrapped import Help
from src.lab.decision.decide import decide, dry_run

EXAMPLES = """more seeds until they differ, or 200:
  python -m src.decide model=small,big
or surely differ by less than that:
  python -m src.decide model=small,big --margin 0.2
  python -m src.decide model=small optimizer.lr=0.1,1 --baseline optimizer.lr=1
  python -m src.decide model=small,big epochs=50 --most 50 --dry-run
The same command goes on where it was stopped. Whatever a sweep takes may be set: key=value, hydra.sweep.dir=FOLDER."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.decide",
        description="Runs seeds in stages, until groups are told from a baseline: better, worse, or within a margin.",
        epilog=EXAMPLES,
        formatter_class=Help,
    )
    add = parser.add_argument
    add(
        "overrides", nargs="+", metavar="key=value", help="as a sweep takes them: model=a,b; a single seed is the first"
    )
    add("--baseline", metavar="GROUP", help="compare the others with this group (the first one)")
    add("--margin", type=float, metavar="X", help="a smaller difference doesn't matter, in the unit of the objective")
    add("--most", type=int, default=200, metavar="N", help="seeds, after which a group stays undecided (%(default)s)")
    add("--alpha", type=float, default=0.05, metavar="P", help="of wrong decisions, all looks and groups (%(default)s)")
    add("--power", type=float, default=0.8, metavar="P", help="of finding what is foreseen (%(default)s)")
    add("--dry-run", action="store_true", help="only say what there is to do")
    with one_line_errors(SAME_COMMAND):
        asked = vars(parser.parse_intermixed_args())
        os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
        overrides, dry = asked.pop("overrides"), asked.pop("dry_run")
        (dry_run if dry else decide)(*overrides, **asked)


if __name__ == "__main__":
    with leaving():
        main()
