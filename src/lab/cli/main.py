"""How the commands read their arguments: in any order, and with what a run that goes on was started with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ..records.claim import Claim
from ..records.folder import is_main_process
from ..records.metrics import in_words
from ..records.results import Result
from ..resume.given import asked_for, search, searched
from ..stop import Stopped
from . import usage
from .errors import one_line_errors

# Hydra's flags that take the argument after them.
WITH_VALUE = {"-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name", "-cd", "--config-dir"}
DRY_RUN = "--dry-run"


def main(app: Callable[[], None], go_on: Callable[[list[str]], None], dry_run: Callable[[list[str]], None]) -> None:
    """Runs a Hydra application, or what goes on with a run, or only says what there is to do. Exits with 1 where
    something failed, with 128 and the number of the signal where one told it to stop.
    """
    if {"-h", "--help"} & set(sys.argv):
        with one_line_errors():
            print(usage.text())
        return
    flags, overrides = apart([argument for argument in sys.argv[1:] if argument != DRY_RUN])
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
    with one_line_errors():
        resumed, dry = asked_for(overrides), DRY_RUN in sys.argv
        if resumed or dry:
            flags, overrides = reduced(flags, overrides, "resume=" if resumed else DRY_RUN)
        if dry:
            dry_run(flags + overrides)
        elif resumed:
            go_on(overrides)
        else:
            sys.argv[1:] = flags + overrides
            Claim.place = None
            try:
                app()
            except BaseException:
                Claim.take_back()
                raise


def apart(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Flags and overrides: Hydra's parser wants all of the one before the other; people don't."""
    flags, overrides = [], []
    queue = iter(arguments)
    for argument in queue:
        if not argument.startswith("-"):
            overrides.append(argument)
            continue
        flags.append(argument)
        if argument in WITH_VALUE:
            flags.extend([value for value in [next(queue, None)] if value is not None])
    return flags, overrides


def reduced(flags: list[str], overrides: list[str], beside: str) -> tuple[list[str], list[str]]:
    """At most `-m` is left of the flags; an override stands for `--config-dir`.

    Raises:
        NotADirectoryError: there is no such folder.
        ValueError: a flag doesn't go with `beside`, which is `resume=` or `--dry-run`.
    """
    places, left = [], []
    queue = iter(flags)
    for flag in queue:
        name, _, value = flag.partition("=")
        if flag in ("-m", "--multirun"):
            if beside != DRY_RUN:
                raise ValueError("resume= goes on with a single run: leave out -m; a sweep goes on by its own command")
            left.append(flag)
        elif name in ("-cd", "--config-dir"):
            place = Path(value or next(queue, "nowhere"))
            if not place.is_dir():
                raise NotADirectoryError(f"{name}: there is no folder {place}")
            places.append(f"file://{place.resolve()}")
        else:
            raise ValueError(f"{flag} doesn't go with {beside}: leave it out")
    return left, [*overrides, search([*places, *searched(overrides)])] if places else overrides


def show_config(cfg: DictConfig) -> None:
    """What is about to be trained, as a tree; how it is logged stands in the run folder."""
    if not is_main_process():
        return
    from rich.console import Console
    from rich.text import Text  # a string would be taken for markup
    from rich.tree import Tree

    def grow(node: dict[str, Any], tree: Tree) -> Tree:
        for key, value in node.items():
            if isinstance(value, dict):
                grow(value, tree.add(Text(str(key), "bold")))
            elif value is not None:
                tree.add(Text(f"{key}: {value}"))
        return tree

    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    shown = {key: value for key, value in plain.items() if key not in APART}
    handed = {key for key in cfg.model if OmegaConf.is_interpolation(cfg.model, key)}  # shown where they stand
    shown["model"] = {key: value for key, value in shown["model"].items() if key not in {"module", *handed}}
    Console(soft_wrap=True, highlight=False).print(grow(shown, Tree(Text(cfg.job.model, "bold"))))


APART = "job", "logger", "callbacks", "trainer", "metrics", "schema", "views"  # of a configuration, not shown


def show_result(cfg: DictConfig, result: Result) -> None:
    """What came of a single run, and where it lies."""
    if not is_main_process():
        return
    metrics, units = result["metrics"], result["units"]
    named = dict.fromkeys([*filter(None, [result["objective"]]), *result["shown"]])
    figures = [in_words(name, metrics[name], units.get(name, "")) for name in named if name in metrics]
    folder = os.path.relpath(Path(cfg.job.folder))
    print(" · ".join([*figures, f"{result['parameters']:,} parameters", f"{result['seconds']['total']:.1f} s", folder]))


@contextmanager
def advice(cfg: DictConfig) -> Iterator[None]:
    """Where a run is told to stop, says how to go on."""
    try:
        yield
    except Stopped as stopped:
        stopped.add_note(f"resume={os.path.relpath(Path(cfg.job.folder))} goes on")
        raise
