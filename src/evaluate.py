"""The door: `python -m src.evaluate <run folder | checkpoint> [key=value …]` tests a trained model again."""

from __future__ import annotations

import argparse
from pathlib import Path

from src.lab.cli import main as cli
from src.lab.evaluate import evaluate
from src.lab.report import tables


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m src.evaluate", description="Tests a trained model again.")
    parser.add_argument("trained", type=Path, help="a run's folder, or a checkpoint in it")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="what to change: data.seed=7, threads=2")
    with cli.one_line_errors():
        arguments = parser.parse_args()
        metrics = evaluate(arguments.trained, *arguments.overrides)
        tables.show([["metric", "value"], *([tables.heading(name), f"{value:.2f}"] for name, value in metrics.items())])


if __name__ == "__main__":
    main()
