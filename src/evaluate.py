"""The door: `python -m src.evaluate <run folder | checkpoint> [key=value …]` tests a trained model again."""

from __future__ import annotations

import argparse
from pathlib import Path

from src.lab.cli.errors import one_line_errors
from src.lab.cli.leave import leaving
from src.lab.evaluate import evaluate, recorded
from src.lab.records.metrics import Meaning, decimals
from src.lab.records.results import described
from src.lab.report import screen, tables


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m src.evaluate", description="Tests a trained model again.")
    parser.add_argument("trained", type=Path, help="a run's folder, or a checkpoint in it")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="what to change: data.seed=7, threads=2")
    with one_line_errors():
        arguments = parser.parse_args()
        metrics = evaluate(arguments.trained, *arguments.overrides)
        units = described(recorded(arguments.trained), metrics)["units"]
        rows = []
        for name, value in metrics.items():
            meaning = Meaning(units.get(name, ""))
            digits = max(2, decimals(value, meaning.unit))
            rows.append([tables.heading(name, meaning), tables.mean_std(value, None, digits)])
        screen.show([["metric", "value"], *rows])


if __name__ == "__main__":
    with leaving():
        main()
