"""The arguments that a class takes, read from its file: importing Lightning takes seconds."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from omegaconf import DictConfig

TRAINER = "pytorch_lightning.Trainer"
ADDED = re.compile(r"\+{1,2}trainer\.(\w+)=")


def refused(cfg: DictConfig) -> Iterator[str]:
    """What was added to the arguments of Lightning's Trainer (`+trainer.precision=…`), and it doesn't take."""
    added = {found[1] for each in cfg.job.overrides if (found := ADDED.match(each))}
    if added and cfg.trainer.get("_target_") == TRAINER:
        known = [*taken(TRAINER)]
        for name in sorted(added - {*known}):
            close = get_close_matches(name, known, 1)
            yield f"the Trainer takes no {name}" + (f"; did you mean +trainer.{close[0]}?" if close else "")


def taken(target: str) -> Iterable[str]:
    """Of the class that a configuration names, `pytorch_lightning.Trainer`. One that is not found in the files of its
    package, or inherits what it takes, is imported.
    """
    with suppress(Exception):  # a file that can't be read is one that can't be imported either, which is said then
        for arguments in _arguments(*target.rpartition(".")[::2]):
            return arguments
    from hydra.utils import get_class

    return inspect.signature(get_class(target)).parameters


def _arguments(module: str, name: str) -> Iterator[list[str]]:
    """Of each class of that name in the module's file, or else in those below its folder."""
    for path in _files(module):
        source = path.read_text("utf-8")
        if re.search(rf"^class {re.escape(name)}\b", source, re.MULTILINE):
            for each in ast.parse(source).body:
                if isinstance(each, ast.ClassDef) and each.name == name:
                    yield from (
                        _of(own) for own in each.body if isinstance(own, ast.FunctionDef) and own.name == "__init__"
                    )


def _of(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*function.args.args, *function.args.kwonlyargs)][1:]


def _files(module: str) -> Iterator[Path]:
    package, *parts = module.split(".")
    spec = find_spec(package)  # of what stands first, which imports nothing
    for folder in (spec and spec.submodule_search_locations) or ():
        place = Path(folder, *parts)
        yield from [place.with_suffix(".py")] if place.with_suffix(".py").is_file() else sorted(place.rglob("*.py"))
