"""The door: `python -m src.report <folder> …` shows tables over result files."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from src.lab.cli.errors import one_line_errors
from src.lab.cli.leave import leaving
from src.lab.garbage import keeping
from src.lab.records.runs import load
from src.lab.report.publish import publish


def _condition(text: str) -> tuple[str, list[str]]:
    key, equals, values = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text}: write key=value, or key=value,value")
    return key, _apart(values)


def _apart(values: str) -> list[str]:
    """At the commas outside of brackets: `[2,25,1],[2,5,1]` are two."""
    found, depth = [""], 0
    for character in values:
        depth += (character in "[{(") - (character in ")}]")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.report", description="One row a group of runs, over its seeds."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="folder", help="of runs or sweeps, at any depth")
    parser.add_argument("--metric", help="what is compared and sorted by (the objective that the runs name)")
    parser.add_argument("--baseline", metavar="GROUP", help="compare every group with this one instead of the best")
    parser.add_argument(
        "--where",
        nargs="+",
        action="extend",
        type=_condition,
        default=[],
        metavar="KEY=VALUE,…",
        help="only such runs: model=a,b; of several conditions, all hold",
    )
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--runs", action="store_true", help="list the runs behind each row too; --out writes runs.csv")
    other.add_argument("--over", metavar="KEY", help="a column for each value of a setting (data), and means over all")
    other.add_argument(
        "--variance", action="store_true", help="which spread data.seed makes, and which seed, if crossed"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write a page, tables and figures there")
    with one_line_errors(), keeping():
        arguments = parser.parse_args()
        runs = load(arguments.folders, arguments.where)
        if not (arguments.over or arguments.variance):
            command = shlex.join(["python", "-m", "src.report", *sys.argv[1:]])
            return publish(runs, arguments.metric, arguments.baseline, arguments.out, arguments.runs, command)
        from src.lab.report import looks  # not for those who don't ask for one

        looks.publish(looks.look(runs, arguments.over, arguments.metric, arguments.baseline), arguments.out)


if __name__ == "__main__":
    with leaving():
        main()
