"""What there is in the place of a name that doesn't exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from omegaconf import OmegaConf

from ..config import compose
from ..places import CONF, choices, groups

MANY = 20  # more names than this are no help


def near(name: str, names: Iterable[str]) -> str:
    """The names that are like it, else all."""
    if close := difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.6):
        return f"; did you mean {' or '.join(close)}?"
    return there_are(names)


def there_are(names: Iterable[str]) -> str:
    """All the names, where they aren't too many to help."""
    known = sorted(names)
    if not known:
        return "; there are none yet: `python -m src.new NAME` makes a first one"
    return f"; there are {', '.join(known)}" if len(known) <= MANY else "; --help lists what there is"


def keys() -> set[str]:
    """Whatever may be set: the groups, and the keys of the default configuration, where there is one."""
    try:
        default = OmegaConf.to_container(compose(), resolve=False)
    except Exception:  # no model is chosen: then what stands in the shared files
        default = {key: value for key, value in OmegaConf.load(CONF / "config.yaml").items() if key != "defaults"}
        default |= {"optimizer": {key: None for path in choices("optimizer").values() for key in OmegaConf.load(path)}}
    return set(groups()) | set(_paths(default))


def _paths(node: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield f"{prefix}{key}"
            yield from _paths(child, f"{prefix}{key}.")
