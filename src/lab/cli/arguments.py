"""Arguments taken apart, in whatever order they are typed. Imports no torch."""

from __future__ import annotations

import re
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import OverrideParseException

from ..resume.given import search, searched

DRY_RUN = "--dry-run"
BROUGHT = re.compile(r"((?:data|model|optimizer|schedule)\.[\w.]+)=(.+)", re.DOTALL)
SCHEDULER = "dask.scheduler=", "hydra.launcher.scheduler="  # short, and what it is to Hydra: no part of any job
# Hydra's flags that take the argument after them.
WITH_VALUE = {
    "-c", "--cfg", "-p", "--package", "-cp", "--config-path", "-cn", "--config-name", "-cd", "--config-dir",
    "--experimental-rerun",
}  # fmt: skip
# Its others, and ours.
FLAGS = {
    DRY_RUN, "-h", "--help", "--hydra-help", "--version", "--resolve", "-r", "--run", "-m", "--multirun",
    "-sc", "--shell-completion", "-i", "--info",
}  # fmt: skip


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


def of_each_job(overrides: list[str]) -> list[str]:
    """The overrides of a sweep, with those apart that belong to what a model brings (`data.points=40`): as a choice of
    one, they are set of each job. Hydra would set them before it knows of which model, where several are swept over.
    """
    return [
        f"{found[1]}=choice({found[2]})"
        if (found := BROUGHT.fullmatch(override)) and not _is_swept(override)
        else override.replace(*SCHEDULER)
        if override.startswith(SCHEDULER[0])
        else override
        for override in overrides
    ]


def _is_swept(override: str) -> bool:
    try:
        return OverridesParser.create().parse_override(override).is_sweep_override()
    except OverrideParseException:
        return True  # which Hydra will say


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
