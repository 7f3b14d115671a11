"""How the commands read their arguments and say what is wrong: any order, one line, no traceback."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from omegaconf import DictConfig, OmegaConf

from . import config, results, sweep

# Hydra's flags that take the argument after them.
WITH_VALUE = {"-p", "--package", "-cp", "--config-path", "-cn", "--config-name", "-cd", "--config-dir"}


FULL_ERRORS = os.environ.get("HYDRA_FULL_ERROR") == "1"


def main(app: Callable[[], None]) -> None:
    """Runs a Hydra application; shows a sweep's table at the end, whatever happened.

    Exits with 1 where something failed, 130 where it was interrupted.
    """
    sys.argv[1:] = flags_first(sys.argv[1:])
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
    with one_line_errors():
        try:
            app()
        finally:
            failed = sweep.current.finish() if sweep.current else []
        if failed:
            print(f"{len(failed)} runs did not complete:", *failed, sep="\n  ", file=sys.stderr)
            sys.exit(1)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns an exception into one line and a non-zero exit; `HYDRA_FULL_ERROR=1` lets it through."""
    try:
        yield
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if FULL_ERRORS:
            raise
        print(f"error: {explain(error)}", file=sys.stderr)
        sys.exit(1)


def show_config(cfg: DictConfig) -> None:
    """What is about to be trained, as a tree; where its files go and how it is logged stand in the run folder."""
    from rich.console import Console
    from rich.tree import Tree

    def grow(node: Any, tree: Tree) -> Tree:
        for key, value in node.items():
            if isinstance(value, dict):
                grow(value, tree.add(f"[bold]{key}"))
            elif value is not None:
                tree.add(f"{key}: {value}")
        return tree

    plain = OmegaConf.to_container(cfg, resolve=True)
    assert isinstance(plain, dict)
    shown = {key: value for key, value in plain.items() if key not in ("job", "logger", "callbacks", "trainer")}
    Console(soft_wrap=True, highlight=False).print(grow(shown, Tree(f"[bold]{cfg.job.model}")))


def show_result(result: results.Result, folder: str) -> None:
    """What came of a single run, and where it lies."""
    metrics = result["metrics"]
    figures = [f"{name.replace('/', ' ')} {metrics[name]:.2f} %" for name in results.METRICS if name in metrics]
    folder = os.path.relpath(folder)
    print(" · ".join([*figures, f"{result['parameters']:,} parameters", f"{result['seconds']['total']:.1f} s", folder]))


def flags_first(arguments: list[str]) -> list[str]:
    """Hydra's parser wants all overrides on one side of the flags; people don't."""
    flags, overrides = [], []
    queue = iter(arguments)
    for argument in queue:
        if not argument.startswith("-"):
            overrides.append(argument)
            continue
        flags.append(argument)
        if argument in WITH_VALUE:
            flags.extend([value for value in [next(queue, None)] if value is not None])
    return flags + overrides


def explain(error: BaseException) -> str:
    """One line for what is wrong and, for a name that doesn't exist, the nearest that do."""
    while type(error).__module__.startswith("hydra") and error.__cause__ is not None and not _choice(str(error)):
        error = error.__cause__
    text = str(error)
    if found := _choice(text):
        group, choice = found
        return f"there is no {group}={choice}{_near(choice, _choices(group))}"
    if found := re.search(r"Could not override '([^']+)'|Key '([^']+)' is not in struct\s+full_key: (\S+)", text):
        key = found[1] or found[3]
        return f"there is no option {key}{_near(key, _keys())}"
    if found := re.search(r"In '\S+': Could not find '(\S+)'", text):
        return f"there is no {found[1]} under conf/"
    if "OverrideParse" in type(error).__name__ or "Error parsing override" in text:
        found = re.search(r"Error parsing override '([^']*)'", text) or re.search(r"'([^']*)'", text)
        return f"can't read {found[1] if found else text!r}: write key=value"
    line = " ".join(text.split())
    return line or type(error).__name__


def _choice(text: str) -> tuple[str, str] | None:
    found = re.search(r"Could not find '([^']+)/([^'/]+)'", text)
    return (found[1], found[2]) if found else None


def _near(name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; there are {', '.join(known)}" if len(known) <= 20 else "; --help lists what there is"


def _choices(group: str) -> list[str]:
    return [path.stem for path in (config.CONF / group).glob("*.yaml")]


def _keys() -> set[str]:
    """Everything that may be set: groups, and the keys of the default configuration."""
    def keys(node: DictConfig, prefix: str = "") -> Iterator[str]:
        for key in node:
            yield f"{prefix}{key}"
            child = OmegaConf.select(node, str(key)) if not OmegaConf.is_missing(node, str(key)) else None
            if isinstance(child, DictConfig):
                yield from keys(child, f"{prefix}{key}.")

    groups = {str(path.relative_to(config.CONF)) for path in config.CONF.rglob("*") if path.is_dir()}
    return groups | set(keys(config.compose()))
