"""The door: `python -m src.bench` measures what is fast here, beside what one would write without it."""

from __future__ import annotations

import argparse
from pathlib import Path

from src.lab.cli.errors import one_line_errors
from src.lab.cli.leave import leaving
from src.lab.garbage import keeping
from src.lab.places import ROOT

FOLDER = ROOT / "outputs" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.bench",
        description="Measures in turns; medians and ratios as a table and in outputs/bench/bench.json. All of it takes "
        "under ten minutes, on a quiet machine.",
    )
    parser.add_argument("--only", nargs="+", action="extend", default=[], metavar="NAME", help="these, and no others")
    parser.add_argument(
        "--growth", action="store_true", help="how costs grow instead: tables and plots, a quarter of an hour"
    )
    parser.add_argument("--list", action="store_true", help="the names, and what is measured against what")
    parser.add_argument("--out", type=Path, metavar="FOLDER", default=FOLDER, help="for bench.json (outputs/bench)")
    with one_line_errors():
        arguments = parser.parse_args()
        with keeping():  # for seconds
            from src.lab.bench import bench, growth

            races, growths = bench.races(), bench.growths()
        if arguments.list:
            for race in races:
                print(race.says, *(f"  {peer.name}: {peer.says}" for peer in race.peers), sep="\n")
            print("with --growth:", *(f"  {each.name}: {each.says}" for each in growths), sep="\n")
        elif arguments.growth:
            growth.run(growths, arguments.only, arguments.out)
        else:
            bench.run(races, arguments.only, arguments.out)


if __name__ == "__main__":
    with leaving():
        main()
