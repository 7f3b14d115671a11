"""What tells configurations apart that were typed alike. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from omegaconf import DictConfig, OmegaConf

from .folder import RunFolder
from .signature import of_group

MOST_SETTINGS = 3  # in a label, of those that nobody typed
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a tenth of the time that OmegaConf takes to read a file

T = TypeVar("T")


class Settings(dict[str, str]):
    """By name, what is set in the configuration that a run was made with, as far as it says of which group it is.
    Unresolved, so that what follows the seed is the same in each run.
    """

    def __init__(self, plain: dict[str, Any]) -> None:
        self._plain = plain
        super().__init__(_flat(of_group(plain)))

    @cached_property
    def _whole(self) -> Any:
        return OmegaConf.create(self._plain)

    def said(self, name: str) -> str:
        """What a setting comes to, where it follows another one that can be found."""
        if "${" in self[name]:
            with suppress(Exception):
                return text(OmegaConf.select(self._whole, name))
        return self[name]


def settings(folders: Sequence[Path]) -> Settings | None:
    """Of the first run that has a configuration."""
    return _first(folders, Settings)


def configuration(folders: Sequence[Path]) -> DictConfig | None:
    """Likewise, as it is."""
    found: DictConfig | None = _first(folders, OmegaConf.create)
    return found


def _first(folders: Sequence[Path], made: Callable[[dict[str, Any]], T]) -> T | None:
    for folder in folders:
        with suppress(Exception):  # whatever may be wrong with a file that somebody has changed
            plain = yaml.load(RunFolder(folder).configuration.read_bytes(), LOADER)
            if isinstance(plain, dict):
                return made(plain)
    return None


def varied(found: Iterable[Settings]) -> list[str]:
    """The names of the settings that are not the same in all of them."""
    several = list(found)
    names = dict.fromkeys(name for each in several for name in each)
    return [name for name in names if len({each.get(name) for each in several}) > 1]


def apart(folders: Mapping[Hashable, Sequence[Path]]) -> dict[Hashable, str]:
    """` optimizer.lr=0.1` for each of the groups, from the configurations in the folders of their runs; nothing where
    these aren't there.
    """
    found = {key: each for key, places in folders.items() if (each := settings(places)) is not None}
    told = varied(found.values())
    if len(told) > MOST_SETTINGS:
        told = _fewest(told, list(found.values()))
    return {key: "".join(f" {name}={own.said(name)}" for name in told if name in own) for key, own in found.items()}


def _fewest(names: list[str], all_settings: Sequence[Mapping[str, str]]) -> list[str]:
    """The first few that tell as much apart as all the names do."""

    def told(chosen: list[str]) -> int:
        return len({tuple(each.get(name) for name in chosen) for each in all_settings})

    chosen: list[str] = []
    for name in names:
        if len(chosen) < MOST_SETTINGS and told([*chosen, name]) > told(chosen):
            chosen.append(name)
    return chosen


def _flat(node: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", text(value)


def text(value: Any) -> str:
    """Without spaces, which stand between settings."""
    return "".join((value if isinstance(value, str) else json.dumps(value, default=str)).split())
