"""How the commands read their arguments: in any order, and with what a run that goes on was started with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ..records.folder import RunFolder, is_main_process
from ..records.metrics import in_words
from ..records.results import Result
from . import usage
from .errors import one_line_errors

# Hydra's flags that take the argument after them.
WITH_VALUE = {"-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name", "-cd", "--config-dir"}
DRY_RUN = "--dry-run"


def main(app: Callable[[], None], dry_run: Callable[[list[str]], None]) -> None:
    """Runs a Hydra application, or what only says what it would do. Exits with 1 where something failed, 130 where it
    was interrupted.
    """
    if {"-h", "--help"} & set(sys.argv):
        print(usage.text())
        return
    arguments = as_before(flags_first([argument for argument in sys.argv[1:] if argument != DRY_RUN]))
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
    with one_line_errors():
        if DRY_RUN in sys.argv:
            dry_run(arguments)
            return
        sys.argv[1:] = arguments
        app()


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


def as_before(arguments: list[str]) -> list[str]:
    """With `resume=<run folder>`, what that run was started with, except for what is given anew."""
    given = {argument.partition("=")[0]: argument.partition("=")[2] for argument in arguments}
    recorded = RunFolder(given.get("resume", "")).overrides
    if "resume" not in given or not recorded.is_file():
        return arguments
    before = [str(override) for override in OmegaConf.load(recorded)]
    of_hydra: Any = OmegaConf.load(recorded.with_name("hydra.yaml")).hydra.overrides.hydra
    before += [override for override in of_hydra if override.startswith("hydra.searchpath=")]
    return [override for override in before if override.partition("=")[0] not in (*given, "sweep")] + arguments


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
