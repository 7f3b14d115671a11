"""The door: `python -m src.tune model=mine 'optimizer.lr=interval(0.01,3)'` searches hyper-parameters."""

from __future__ import annotations

import argparse
from pathlib import Path

from src.lab import config
from src.lab.cli.errors import SAME_COMMAND, one_line_errors
from src.lab.cli.leave import leaving
from src.lab.cli.wrapped import Help
from src.lab.records.claim import withdraw
from src.lab.records.folder import locked
from src.lab.tune.search import Search
from src.lab.tune.space import parse, signature, usual

EXAMPLES = """what to search, in Hydra's words; whatever else is given stays fixed:
  'optimizer.lr=tag(log,interval(0.01,3))'   a number between, on a log scale
  'model.dropout=interval(0,0.5)'            a number between
  'data.batch_size=choice(25,50,100)'        one of these
  'epochs=range(10,40,5)'                    a whole number, in steps
without any: the learning rate and the size of a batch around those of the configuration, as far as it has them"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.tune",
        description="Searches hyper-parameters by Optuna, on the metric that the model names as its monitor.",
        epilog=EXAMPLES,
        formatter_class=Help,
    )
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="as src.train takes them")
    parser.add_argument("--trials", type=int, default=20, help="in all, with those that are there (%(default)s)")
    parser.add_argument(
        "--study",
        type=Path,
        help="folder to begin or go on in (outputs/studies/tuned_<model>_…, one for each configuration and space)",
    )
    with one_line_errors(SAME_COMMAND):
        arguments = parser.parse_intermixed_args()
        fixed, space = parse(arguments.overrides)
        model = config.compose(*fixed).job.model
        space = space or usual(fixed)
        named = Path("outputs/studies") / f"tuned_{model}_{signature(fixed, space)[:6]}"
        folder = (arguments.study or named).resolve()
        try:
            with locked(folder):
                search = Search(folder, fixed, space)
                search.run(arguments.trials)
                search.show()
        except Exception:
            withdraw(folder)
            raise


if __name__ == "__main__":
    with leaving():
        main()
