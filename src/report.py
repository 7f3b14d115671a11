"""The door: `python -m src.report <folder> …` shows tables over result files."""

from __future__ import annotations

import argparse
from pathlib import Path

from src.lab.cli.errors import one_line_errors
from src.lab.records.runs import load
from src.lab.report.report import publish


def _condition(text: str) -> tuple[str, list[str]]:
    key, equals, values = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text}: write key=value, or key=value,value")
    return key, values.split(",")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.report", description="One row a group of runs, over its seeds."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="folder", help="of runs or sweeps, at any depth")
    parser.add_argument("--metric", help="what is compared and sorted by (the objective that the runs name)")
    parser.add_argument("--baseline", metavar="GROUP", help="compare every group with this one instead of the best")
    parser.add_argument(
        "--where", nargs="+", type=_condition, default=[], metavar="KEY=VALUE,…", help="only such runs: model=a,b"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write summary.csv, .md, .json and .png there")
    with one_line_errors():
        arguments = parser.parse_args()
        runs = load(arguments.folders, dict(arguments.where))
        publish(runs, arguments.metric, arguments.baseline, arguments.out)


if __name__ == "__main__":
    main()
