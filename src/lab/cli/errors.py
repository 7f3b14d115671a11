"""Whatever went wrong in one line and, for a name that doesn't exist, the nearest that do."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from ..doing import say
from ..places import choices
from ..stop import Stopped, listening
from .files import of_file
from .streams import lasting

SAME_COMMAND = "the same command goes on"  # of those whose folder is named by what they are
FULL_ERRORS = os.environ.get("HYDRA_FULL_ERROR") == "1"

UNKNOWN_CHOICE = re.compile(r"Could not find '([^']+)/([^'/]*)'")
UNKNOWN_KEY = re.compile(r"Could not override '([^']+)'")
KNOWN_KEY = re.compile(r"Could not append to config\. An item is already at '([^']+)'")
NOT_CHOSEN = re.compile(r"You must specify '([^']+)'")
TWICE = re.compile(r"Multiple values for (\S+)\. To override a value use 'override \S+: (.*)'")
NO_CONFIG = re.compile(r"Cannot find primary config '([^']+)'")
NO_CHOICE = "Config group override must be a string"
NO_LIGHTNING = "No module named 'lightning'"
NOT_DATA = re.compile(r"Weights only load failed.*?GLOBAL (\S+)", re.DOTALL)
WRAPPING = re.compile(r"\w+ raised while resolving interpolation: |\s*full_key: .*", re.DOTALL)
FULL_KEY = re.compile(r"full_key: (\S+)")
NOT_THERE = re.compile(r"Key '([^']+)' is not in struct|Missing key (\S+)")
DELETED = re.compile(r"Could not delete (?:from config\. )?'([^']+)'(?: does not exist|\. No match)")
NO_NAME = re.compile(r"must be a string : Override\(.*input_line='(.*)', config_loader", re.DOTALL)
LEAVE = " here: leave it out; -m trains on all cores, and src.tune searches"
SEVERAL = re.compile(r"Ambiguous value for argument '(.*)'\n1\. To use it|Sweep parameters '(.*)' requires --multirun")


@contextmanager
def one_line_errors(further: str = "") -> Iterator[None]:
    """What every command runs in: an exception becomes one line and a non-zero exit (`HYDRA_FULL_ERROR=1` lets it
    through), and so does a signal to stop, with how to go `further`; nobody needs to read what is printed.
    """
    with lasting():
        try:
            with listening(), _arguments_as_errors():
                yield
        except (Stopped, KeyboardInterrupt) as stop:
            _say(" ".join(["stopped", *map(str, stop.args)]), stop, further)
            sys.exit(getattr(stop, "status", 130))
        except Exception as error:
            if FULL_ERRORS:
                raise
            _say(f"error: {explain(error)}", error)
            sys.exit(1)


def _say(line: str, raised: BaseException, further: str = "") -> None:
    """The line, and behind it what else was noted of what was raised."""
    say()
    print("; ".join(filter(None, [line, *getattr(raised, "__notes__", []), further])), file=sys.stderr)


@contextmanager
def _arguments_as_errors() -> Iterator[None]:
    """What a parser of arguments refuses, Hydra's too, is an error like others, and not the whole usage."""

    def refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
        raise ValueError(f"{message}; --help lists what there is")

    before = argparse.ArgumentParser.error
    argparse.ArgumentParser.error = refuse  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        argparse.ArgumentParser.error = before  # type: ignore[method-assign]


def explain(error: BaseException) -> str:
    """Hydra's and OmegaConf's errors of many lines in one line of ours; others as they are, in one line."""
    from hydra.errors import OverrideParseException  # not where nothing is wrong

    from .names import meant

    text = "\n".join(str(each) for each in _causes(error))
    if said := _of_what_was_typed(text):
        return said
    if NO_CHOICE in text:
        return "null is no choice: logger=none, optimizer=none, schedule=constant leave out what there would be"
    if NO_LIGHTNING in text:
        return "`lightning` is not here but `pytorch_lightning` is, which is the same by another name: import that one"
    if found := NOT_DATA.search(text):
        return f"the checkpoint holds code ({found[1]}) beside its data, and is not loaded: take one that you trust"
    if isinstance(error, OSError) and error.errno and error.filename:
        return of_file(error)
    if isinstance(error, OverrideParseException):
        if written := meant(error.override):
            return f"{error.override}: write {written}"
        return f"can't read the argument {error.override!r}: write key=value, and quote what the shell would take apart"
    *_, root = _causes(error) if type(error).__module__.startswith(("hydra", "omegaconf")) else [error]
    found = FULL_KEY.search(text)
    where = f"{found[1]}: " if found and not found[1].startswith("hydra.") else ""
    line = " ".join(WRAPPING.sub("", str(root)).split())
    return where + (line or type(root).__name__)


def _of_what_was_typed(text: str) -> str | None:
    """What Hydra says of a choice or an option, or None where it is of nothing of that kind."""
    from .names import instead, near, there_are

    if found := NOT_CHOSEN.search(text):
        return f"no {found[1]} is chosen: say {found[1]}=…{there_are(choices(found[1]))}"
    if found := UNKNOWN_CHOICE.search(text):
        group, choice = found.groups()
        return f"there is no {group}={choice}" + (LEAVE if group[:6] == "hydra/" else near(choice, choices(group)))
    if found := KNOWN_KEY.search(text):
        return f"{found[1]} is there already: set it without the +"
    if found := DELETED.search(text):
        return f"there is no {found[1]} to take out"
    if found := NO_NAME.search(text):
        return f"{found[1]} won't do: a choice has a name"
    if found := UNKNOWN_KEY.search(text):
        return f"there is no option {found[1]}{instead(found[1])}"
    if found := SEVERAL.search(text):
        return f"{found[1] or found[2]}: several values are a sweep: add -m"
    if found := TWICE.search(text):
        return f"{found[1]} is chosen already: write {found[1]}={found[2]}, without the +"
    if found := NO_CONFIG.search(text):
        return f"there is no configuration {found[1]}: leave out --config-name and --config-path"
    if found := NOT_THERE.search(text):
        return f"{found[1] or found[2]} is missing: every run has one"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
