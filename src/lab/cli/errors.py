"""Whatever went wrong in one line and, for a name that doesn't exist, the nearest that do."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from hydra.errors import OverrideParseException
from omegaconf import OmegaConf

from ..config import compose
from ..places import CONF, choices, groups
from ..stop import Stopped, listening
from .streams import lasting

FULL_ERRORS = os.environ.get("HYDRA_FULL_ERROR") == "1"

UNKNOWN_CHOICE = re.compile(r"Could not find '([^']+)/([^'/]+)'")
UNKNOWN_KEY = re.compile(r"Could not override '([^']+)'")
KNOWN_KEY = re.compile(r"Could not append to config\. An item is already at '([^']+)'")
NOT_CHOSEN = re.compile(r"You must specify '([^']+)'")
NO_CONFIG = re.compile(r"Cannot find primary config '([^']+)'")
NO_CHOICE = "Config group override must be a string"
NO_LIGHTNING = "No module named 'lightning'"
NOT_DATA = re.compile(r"Weights only load failed.*?GLOBAL (\S+)", re.DOTALL)
WRAPPING = re.compile(r"\w+ raised while resolving interpolation: |\s*full_key: .*", re.DOTALL)
FULL_KEY = re.compile(r"full_key: (\S+)")
HERE = " with what is chosen here"  # of what the default configuration has
MANY = 20  # more names than this are no help


@contextmanager
def one_line_errors() -> Iterator[None]:
    """What every command runs in: an exception becomes one line and a non-zero exit (`HYDRA_FULL_ERROR=1` lets it
    through), and so does a signal to stop; nobody needs to read what is printed.
    """
    with lasting():
        try:
            with listening():
                yield
        except (Stopped, KeyboardInterrupt) as stop:
            said = ["stopped", *map(str, stop.args)]
            print("; ".join([" ".join(said), *getattr(stop, "__notes__", [])]), file=sys.stderr)
            sys.exit(getattr(stop, "status", 130))
        except Exception as error:
            if FULL_ERRORS:
                raise
            print(f"error: {explain(error)}", file=sys.stderr)
            sys.exit(1)


def explain(error: BaseException) -> str:
    """Hydra's and OmegaConf's errors of many lines in one line of ours; others as they are, in one line."""
    text = "\n".join(str(each) for each in _causes(error))
    if found := NOT_CHOSEN.search(text):
        return f"no {found[1]} is chosen: say {found[1]}=…{_there_are(choices(found[1]))}"
    if found := UNKNOWN_CHOICE.search(text):
        group, choice = found.groups()
        if group.startswith("hydra/"):
            return f"there is no {group}={choice} here: leave it out; -m trains on all cores, and src.tune searches"
        return f"there is no {group}={choice}{_near(choice, choices(group))}"
    if found := KNOWN_KEY.search(text):
        return f"{found[1]} is there already: set it without the +"
    if found := UNKNOWN_KEY.search(text):
        known = _keys()
        return f"there is no option {found[1]}" + (HERE if found[1] in known else _near(found[1], known))
    if found := NO_CONFIG.search(text):
        return f"there is no configuration {found[1]}: leave out --config-name and --config-path"
    if NO_CHOICE in text:
        return "null is no choice: schedule=constant, optimizer=none and the like leave out what a model brings"
    if NO_LIGHTNING in text:
        return "`lightning` is not here but `pytorch_lightning` is, which is the same by another name: import that one"
    if found := NOT_DATA.search(text):
        return f"the checkpoint holds code ({found[1]}) beside its data, and is not loaded: take one that you trust"
    if isinstance(error, OverrideParseException):
        return f"can't read the argument {error.override!r}: write key=value, and quote what the shell would take apart"
    *_, root = _causes(error) if type(error).__module__.startswith(("hydra", "omegaconf")) else [error]
    found = FULL_KEY.search(text)
    where = f"{found[1]}: " if found and not found[1].startswith("hydra.") else ""
    line = " ".join(WRAPPING.sub("", str(root)).split())
    return where + (line or type(root).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _near(name: str, names: Iterable[str]) -> str:
    if close := difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.6):
        return f"; did you mean {' or '.join(close)}?"
    return _there_are(names)


def _there_are(names: Iterable[str]) -> str:
    known = sorted(names)
    if not known:
        return "; there are none yet: `python -m src.new NAME` makes a first one"
    return f"; there are {', '.join(known)}" if len(known) <= MANY else "; --help lists what there is"


def _keys() -> set[str]:
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
