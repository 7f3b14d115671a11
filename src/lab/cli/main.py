"""How the commands read their arguments and say what is wrong: any order, one line, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from src.lab.cli import usage
from src.lab.cli.errors import explain
from src.lab.records import results
from src.lab.sweep import sweep

# Hydra's flags that take the argument after them.
WITH_VALUE = {"-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name", "-cd", "--config-dir"}

FULL_ERRORS = os.environ.get("HYDRA_FULL_ERROR") == "1"


def main(app: Callable[[], None]) -> None:
    """Runs a Hydra application. Exits with 1 where something failed, 130 where it was interrupted."""
    if {"-h", "--help"} & set(sys.argv):
        print(usage.text())
        return
    sweep.dry_run = "--dry-run" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--dry-run"]
    sys.argv[1:] = as_before(flags_first(arguments))
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints errors in its own many lines
    with one_line_errors():
        app()


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
    """What is about to be trained, as a tree; how it is logged stands in the run folder."""
    if not results.is_main_process():
        return
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


def show_result(cfg: DictConfig, result: results.Result) -> None:
    """What came of a single run, and where it lies."""
    if not results.is_main_process():
        return
    metrics = result["metrics"]
    figures = [f"{name.replace('/', ' ')} {metrics[name]:.2f} %" for name in results.METRICS if name in metrics]
    folder = os.path.relpath(cfg.job.folder)
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


def as_before(arguments: list[str]) -> list[str]:
    """With `resume=<run folder>`, what that run was started with, except for what is given anew."""
    given = {argument.partition("=")[0]: argument.partition("=")[2] for argument in arguments}
    recorded = Path(given.get("resume", "")) / ".hydra" / "overrides.yaml"
    if "resume" not in given or not recorded.is_file():
        return arguments
    before = [str(override) for override in OmegaConf.load(recorded)]
    return [override for override in before if override.partition("=")[0] not in (*given, "sweep")] + arguments
