"""What a run says of itself on the screen: before it is trained, and of what came of it. Imports no torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from shutil import which
from statistics import mean, stdev

from omegaconf import DictConfig

from ..records.folder import RunFolder, is_main_process
from ..records.metrics import decimals, fixed, in_words, title
from ..records.results import Result
from ..stop import Stopped

CHOSEN = "data", "optimizer", "schedule", "trainer"  # groups whose choices are named before a run


def before(cfg: DictConfig) -> None:
    """What is about to be trained, what was set for it, and where all of its configuration stands."""
    if not is_main_process():
        return
    folder = RunFolder(cfg.job.folder)
    goes_on = f"goes on from {cfg.resume}" if cfg.resume else ""
    size = f"{cfg.epochs:,} epochs" + (f" of {cfg.runs:,} networks at once" if cfg.runs > 1 else "")
    choices = [f"{group}={cfg.job.choices[group]}" for group in CHOSEN if cfg.job.choices.get(group)]
    print(" · ".join(filter(None, [cfg.job.model, f"seed={cfg.seed}", size, *choices, goes_on])))
    if cfg.job.overrides:
        print(f"set: {' '.join(cfg.job.overrides)}")
    print(f"all of it: {named(folder.path)}/.hydra/config.yaml", flush=True)


def after(cfg: DictConfig, result: Result) -> None:
    """What came of a single run, where it lies, and what can be looked at next."""
    if not is_main_process():
        return
    names = dict.fromkeys([*filter(None, [result["objective"]]), *result["shown"]])
    figures = [_figure(result, name) for name in names if name in result["metrics"]]
    networks = sum("status" not in network for network in result["runs"])
    many = [f"mean ± std of {networks} networks"] if networks > 1 else []
    parameters, seconds = f"{result['parameters']:,} parameters", f"{result['seconds']['total']:.1f} s"
    place = named(Path(cfg.job.folder))
    report, board = f"{door('report')} {quote(place)}", door("dashboard")
    print(f"see also: {report} · {board} · more seeds: -m 'seed=range(10)'")
    print(" · ".join([*figures, *many, parameters, seconds, place]))


@contextmanager
def advice(cfg: DictConfig) -> Iterator[None]:
    """A run that is told to stop, or has no time left, says after which epoch it was saved, and how to go on."""
    try:
        yield
    except (Stopped, TimeoutError) as stopped:
        folder = RunFolder(cfg.job.folder)
        trust = [f"trust=[{','.join(cfg.trust)}]"] if cfg.trust else []
        again = " ".join([door("train"), *map(quote, [f"resume={named(folder.path)}", *trust])])
        if folder.last.is_file():
            from ..whole import start

            if "after epoch" not in str(stopped):
                stopped.add_note(f"saved after epoch {start(str(folder.path)).epochs} of {cfg.epochs}")
            stopped.add_note(f"go on: {again}")
        else:
            stopped.add_note(f"no epoch was over; begin again: {again}")
        raise


def door(name: str) -> str:
    """How a command of ours is typed in the shell that this one was given in: `python -m src.train`."""
    found, python = which("python"), Path(sys.executable)
    if found and Path(found).parent.resolve() == python.parent.resolve():
        return f"python -m src.{name}"
    inside = python.is_relative_to(Path.cwd())
    return f"{quote(str(python.relative_to(Path.cwd()) if inside else python))} -m src.{name}"


def _figure(result: Result, name: str) -> str:
    """`test error 1.7 %`; of several networks `test error 1.87 ± 0.46 %`."""
    unit = result["units"].get(name, "")
    each = [network["metrics"].get(name) for network in result["runs"]]
    known = [value for value in each if value is not None]
    if len(known) < 2:
        return in_words(name, result["metrics"][name], unit)
    std = stdev(known)
    digits = decimals(std or mean(known), unit)
    return " ".join(filter(None, [title(name), f"{fixed(mean(known), digits)} ± {fixed(std, digits)}", unit]))


def named(folder: Path) -> str:
    """A run's folder as it may be typed; whole where the process has gone into it (`hydra.job.chdir=true`)."""
    return str(folder) if folder.resolve() == Path.cwd() else os.path.relpath(folder)
