"""How the commands read their arguments: in any order, and with what a run that goes on was started with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ..records.claim import Claim
from ..records.folder import is_main_process
from ..records.metrics import in_words
from ..records.results import Result
from ..resume.given import asked_for
from ..stop import Stopped
from . import spelling, usage
from .arguments import DRY_RUN, apart, of_each_job, reduced
from .errors import one_line_errors


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
        spelling.check(sys.argv[1:])
        resumed, dry = asked_for(overrides), DRY_RUN in sys.argv
        if resumed or dry:
            flags, overrides = reduced(flags, overrides, "resume=" if resumed else DRY_RUN)
        if not resumed and ({"-m", "--multirun"} & {*flags} or any(each.startswith("sweep=") for each in overrides)):
            overrides = of_each_job(overrides)
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


APART = "job", "logger", "callbacks", "trainer", "metrics", "schema", "views", "many"  # of a configuration, not shown


def show_result(cfg: DictConfig, result: Result) -> None:
    """What came of a single run, and where it lies."""
    if not is_main_process():
        return
    metrics, units = result["metrics"], result["units"]
    names = dict.fromkeys([*filter(None, [result["objective"]]), *result["shown"]])
    figures = [in_words(name, metrics[name], units.get(name, "")) for name in names if name in metrics]
    parameters, seconds = f"{result['parameters']:,} parameters", f"{result['seconds']['total']:.1f} s"
    print(" · ".join([*figures, parameters, seconds, named(Path(cfg.job.folder))]))


@contextmanager
def advice(cfg: DictConfig) -> Iterator[None]:
    """Where a run is told to stop, says how to go on."""
    try:
        yield
    except Stopped as stopped:
        stopped.add_note(f"{quote(f'resume={named(Path(cfg.job.folder))}')} goes on")
        raise


def named(folder: Path) -> str:
    """A run's folder as it may be typed; whole where the process has gone into it (`hydra.job.chdir=true`)."""
    return str(folder) if folder.resolve() == Path.cwd() else os.path.relpath(folder)
