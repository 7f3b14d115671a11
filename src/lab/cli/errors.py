"""One line for whatever went wrong and, for a name that doesn't exist, the nearest that do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from hydra.errors import OverrideParseException
from omegaconf import OmegaConf

from src.lab.config import choices, compose, groups

UNKNOWN_CHOICE = re.compile(r"Could not find '([^']+)/([^'/]+)'")
UNKNOWN_KEY = re.compile(r"Could not override '([^']+)'")
KNOWN_KEY = re.compile(r"Could not append to config\. An item is already at '([^']+)'")
NO_CHOICE = "Config group override must be a string"
WRAPPING = re.compile(r"\w+ raised while resolving interpolation: |\s*full_key: .*", re.DOTALL)
FULL_KEY = re.compile(r"full_key: (\S+)")
MANY = 20  # more names than this are no help


def explain(error: BaseException) -> str:
    """Hydra's and OmegaConf's errors of many lines in one line of ours; others as they are, in one line."""
    text = "\n".join(str(each) for each in _causes(error))
    if found := UNKNOWN_CHOICE.search(text):
        group, choice = found.groups()
        return f"there is no {group}={choice}{_near(choice, choices(group))}"
    if found := KNOWN_KEY.search(text):
        return f"{found[1]} is there already: set it without the +"
    if found := UNKNOWN_KEY.search(text):
        return f"there is no option {found[1]}{_near(found[1], _keys())}"
    if NO_CHOICE in text:
        return "null is no choice: schedule=constant and data/augment=none leave out what a model brings"
    if isinstance(error, OverrideParseException):
        return f"can't read the argument {error.override!r}: write key=value, and quote what the shell would take apart"
    *_, root = _causes(error) if type(error).__module__.startswith(("hydra", "omegaconf")) else [error]
    where = f"{found[1]}: " if (found := FULL_KEY.search(text)) else ""
    line = " ".join(WRAPPING.sub("", str(root)).split())
    return where + (line or type(root).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _near(name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    if close := difflib.get_close_matches(name, known, n=3, cutoff=0.6):
        return f"; did you mean {' or '.join(close)}?"
    return f"; there are {', '.join(known)}" if len(known) <= MANY else "; --help lists what there is"


def _keys() -> set[str]:
    """Whatever may be set: the groups, and the keys of the default configuration."""
    return set(groups()) | set(_paths(OmegaConf.to_container(compose(), resolve=False)))


def _paths(node: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield f"{prefix}{key}"
            yield from _paths(child, f"{prefix}{key}.")
