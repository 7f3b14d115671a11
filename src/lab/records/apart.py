"""What tells configurations apart that were typed alike. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from .folder import RunFolder
from .signature import of_group

MOST_SETTINGS = 3  # in a label, of those that nobody typed


def apart(folders: Mapping[Hashable, Sequence[Path]]) -> dict[Hashable, str]:
    """` optimizer.lr=0.1` for each of the groups, from the configurations in the folders of their runs; nothing where
    these aren't there.
    """
    found = {key: cfg for key, each in folders.items() if (cfg := configuration(each)) is not None}
    settings = {key: dict(_flat(of_group(cfg))) for key, cfg in found.items()}
    names = dict.fromkeys(name for each in settings.values() for name in each)
    told = [name for name in names if len({each.get(name) for each in settings.values()}) > 1]
    if len(told) > MOST_SETTINGS:
        told = _fewest(told, list(settings.values()))
    return {
        key: "".join(f" {name}={_said(found[key], name, own[name])}" for name in told if name in own)
        for key, own in settings.items()
    }


def _fewest(names: list[str], all_settings: list[dict[str, str]]) -> list[str]:
    """The first few that tell as much apart as all the names do."""

    def told(chosen: list[str]) -> int:
        return len({tuple(each.get(name) for name in chosen) for each in all_settings})

    chosen: list[str] = []
    for name in names:
        if len(chosen) < MOST_SETTINGS and told([*chosen, name]) > told(chosen):
            chosen.append(name)
    return chosen


def configuration(folders: Sequence[Path]) -> DictConfig | None:
    """Of the first run that has one."""
    for folder in folders:
        with suppress(Exception):  # whatever may be wrong with a file that somebody has changed
            found = OmegaConf.load(RunFolder(folder).configuration)
            if isinstance(found, DictConfig):
                return found
    return None


def _flat(node: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, text(value)


def _said(cfg: DictConfig, name: str, unresolved: str) -> str:
    """What a setting comes to, where it follows another one that can be found."""
    if "${" in unresolved:
        with suppress(Exception):
            return text(OmegaConf.select(cfg, name))
    return unresolved


def text(value: Any) -> str:
    """Without spaces, which stand between settings."""
    return "".join((value if isinstance(value, str) else json.dumps(value, default=str)).split())
