"""The door: `python -m src.new NAME` writes a small, complete experiment for you to make your own."""

from __future__ import annotations

import argparse

from src.lab.cli.errors import one_line_errors
from src.lab.new.write import write
from src.lab.places import ROOT

NEXT = """It trains as it is; its README says what to change first.
  python -m src.train model={name}
  python -m src.train model={name} -m model.hidden=4,16,64 'seed=range(5)'"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.new",
        description="Writes a small, complete experiment for you to make your own.",
    )
    parser.add_argument("name", help="of its folders in src, conf and tests, and of the choices model=NAME, data=NAME")
    with one_line_errors():
        name = parser.parse_args().name
        for folder in write(name):
            files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
            print(f"{folder.relative_to(ROOT)}:", *files)
        print(NEXT.format(name=name))


if __name__ == "__main__":
    main()
