"""Where the project is, and which groups and choices its configuration has. Imports little."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "conf"
PLUGINS = ROOT / "src" / "plugins"


def experiments() -> list[Path]:
    """The folders in `conf/experiments`, each with groups of its own beside those of `conf`."""
    return sorted(path for path in (CONF / "experiments").glob("*") if path.is_dir())


def groups() -> list[str]:
    """The names of the groups, `data/augment` after `data`."""
    files = ((folder, path) for folder in (CONF, *experiments()) for path in folder.rglob("*.yaml"))
    found = {path.parent.relative_to(folder).as_posix() for folder, path in files}
    return sorted(name for name in found if name != "." and not name.startswith("experiments/"))


def choices(group: str) -> dict[str, Path]:
    """The files of a group by the name of the choice, from all experiments."""
    return {path.stem: path for folder in (CONF, *experiments()) for path in sorted((folder / group).glob("*.yaml"))}


def project() -> str:
    """The project's name, as pyproject.toml says it."""
    name: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    return name
