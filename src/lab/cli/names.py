"""What there is in the place of a name that doesn't exist."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from hydra.utils import get_class
from omegaconf import OmegaConf

from ..config import compose
from ..places import CONF, choices, groups

MANY = 20  # more names than this are no help


def near(name: str, names: Iterable[str]) -> str:
    """The names that end so, or are like it, else all."""
    known = sorted(names)
    if close := [each for each in known if each.endswith(f".{name}")] or difflib.get_close_matches(name, known, 3, 0.6):
        return f"; did you mean {' or '.join(close)}?"
    return there_are(known)


def there_are(names: Iterable[str]) -> str:
    """All the names, where they aren't too many to help."""
    known = sorted(names)
    if not known:
        return "; there are none yet: `python -m src.new NAME` makes a first one"
    return f"; there are {', '.join(known)}" if len(known) <= MANY else "; --help lists what there is"


def instead(key: str) -> str:
    """What to do where there is no such option: the end of a sentence that names it."""
    default = _default()
    known = set(groups()) | set(_paths(default))
    section, _, name = key.rpartition(".")
    if key in known:
        return f" with the {key.partition('.')[0]} chosen here"
    if name in _taken(default, section or "trainer"):
        return f" yet: write +{section or 'trainer'}.{name}=…"
    return near(key, known)


def _taken(node: Any, section: str) -> Iterable[str]:
    """The arguments of the class that a section of the configuration names."""
    for key in section.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    target = node.get("_target_") if isinstance(node, dict) else None
    return inspect.signature(get_class(target)).parameters if isinstance(target, str) and "${" not in target else ()


def _default() -> Any:
    """The default configuration or, where no model is chosen, what stands in the shared files."""
    try:
        return OmegaConf.to_container(compose(), resolve=False)
    except Exception:
        shared = {key: value for key, value in OmegaConf.load(CONF / "config.yaml").items() if key != "defaults"}
        optimizers = choices("optimizer").values()
        return shared | {"optimizer": {key: None for path in optimizers for key in OmegaConf.load(path)}}


def _paths(node: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield f"{prefix}{key}"
            yield from _paths(child, f"{prefix}{key}.")
