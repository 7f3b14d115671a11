"""Writes the three folders of a new experiment, all of them or none. Imports no torch."""

from __future__ import annotations

import keyword
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from ..places import ROOT, choices

TEMPLATE = Path(__file__).parent / "template"  # `src`, `conf` and `tests` of an experiment called `NAME`
SUFFIX = ".txt"  # of its files, which are no code of the project's
LONGEST = 100  # letters of a name: the folders of runs are named after it too


def write(name: str) -> list[Path]:
    """Makes an experiment of that name, and returns its folders.

    Raises:
        ValueError: it can't be called that.
        FileExistsError: something is called that already.
    """
    check(name)
    folders = {root: ROOT / root / "experiments" / name for root in ("src", "conf", "tests")}
    for folder in folders.values():
        if folder.exists():
            raise FileExistsError(f"{folder.relative_to(ROOT)} is there already: choose another name")
    made: list[Path] = []
    with TemporaryDirectory(prefix=".new_", dir=ROOT) as temporary:
        fill(Path(temporary), name)
        try:
            for root, folder in folders.items():
                folder.parent.mkdir(parents=True, exist_ok=True)
                made.append(Path(temporary, root).rename(folder))
        except BaseException:
            for folder in made:
                shutil.rmtree(folder)
            raise
    return made


def check(name: str) -> None:
    """Raises ValueError where the name won't do for a package and a choice, FileExistsError where a choice has it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} won't do: a name has small letters, digits and _, and begins with a letter")
    in_yaml = OmegaConf.create(f"key: {name}").key
    in_override = OverridesParser.create().parse_override(f"key={name}").value()
    if keyword.iskeyword(name) or not in_yaml == in_override == name:
        raise ValueError(f"{name!r} won't do: it means something else to Python, Hydra or in a yaml file")
    if len(name) > LONGEST:
        raise ValueError(f"the name has {len(name)} letters: take at most {LONGEST}")
    for group in "model", "data":
        if path := choices(group).get(name):
            raise FileExistsError(f"{group}={name} is there already, in {path.relative_to(ROOT)}: choose another name")


def fill(folder: Path, name: str) -> None:
    """Writes what the template has into a folder, with the name in it."""
    for source in sorted(TEMPLATE.rglob(f"*{SUFFIX}")):
        place = source.relative_to(TEMPLATE).as_posix().removesuffix(SUFFIX)
        target = folder / place.replace("NAME", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text().replace("NAME", name))
