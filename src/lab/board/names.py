"""What runs are called on the dashboard, by what was swept: `small lr=0.1 seed=0`. Imports no torch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from ..records.folder import RunFolder
from ..records.groups import Key, keys, labels
from ..records.results import Result
from .found import Events
from .told import Runs

MEAN = "(mean over seeds)"
LONGEST, MORE = 140, 48  # bytes of a name, and of each of two further ones: file systems take 255
KEY = re.compile(r"(?<!\S)([\w./@-]*[./])([\w-]+)(?==)")
DATE = re.compile(r"^(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)(?=_|$).*")


def names(found: Sequence[Events], runs: Runs) -> dict[str, Path]:
    """The folders of event files, each by a name of its own."""
    known = _groups(runs)
    plain = [(each, _name(each, runs, known)) for each in found]
    short = _short(name for each, name in plain if each.run)
    named: list[tuple[str, Events]] = [(_of_a_file(short(name), LONGEST), each) for each, name in plain]
    for more in _made, lambda each: (each.run or each.folder).name:
        alike = Counter(name.casefold() for name, _ in named)
        named = [
            (f"{name} ({_of_a_file(more(each), MORE)})" if alike[name.casefold()] > 1 else name, each)
            for name, each in named
        ]
    taken = set[str]()
    by_name = {}
    for name, each in named:
        free = next(name + number for number in _numbers() if (name + number).casefold() not in taken)
        taken.add(free.casefold())
        by_name[free] = each.folder
    return by_name


def _groups(runs: Runs) -> dict[Path, str]:
    """By folder, what the run's group is called, the model first."""
    of_each = dict(zip(runs, keys(list(runs.values())), strict=True))
    members: dict[Key, list[tuple[Path, Result]]] = {}
    for folder, key in of_each.items():
        members.setdefault(key, []).append((RunFolder(folder).result, runs[folder]))
    called = labels(members)
    return {folder: _with_model(called[key], runs[folder]["model"]) for folder, key in of_each.items()}


def _name(each: Events, runs: Runs, groups: Mapping[Path, str]) -> str:
    if not each.run:
        beside = {run["model"] for folder, run in runs.items() if each.folder.parent.parent in folder.parents}
        return f"{_with_model(each.folder.name, *beside) if len(beside) == 1 else each.folder.name} {MEAN}"
    if each.run not in runs:
        return each.run.name
    run = runs[each.run]
    more = {"seed": run["seed"], "fold": run.get("fold"), "runs": run.get("networks", 1)}
    told = [f"{key}={value}" for key, value in more.items() if value is not None and (key, value) != ("runs", 1)]
    return " ".join([groups[each.run], *told])


def _with_model(label: str, model: str) -> str:
    return label if f"{label} ".startswith(f"{model} ") else f"{model} {label}"


def _short(all_names: Iterable[str]) -> Callable[[str], str]:
    """Cuts `optimizer.lr=0.1` to `lr=0.1`, where no other key ends like it."""
    ends: dict[str, set[str]] = {}
    for name in all_names:
        for found in re.finditer(r"(?<!\S)[\w./@-]+(?==)", name):
            ends.setdefault(re.split(r"[./]", found[0])[-1], set()).add(found[0])
    return lambda name: KEY.sub(lambda key: key[2] if len(ends.get(key[2], ())) == 1 else key[0], name)


def _made(each: Events) -> str:
    """Where a run was made, or when, as its folder or that of its sweep says: `2026-11-21 11:42:12`."""
    folder = each.run or each.folder.parent
    place = folder if DATE.match(folder.name) else folder.parent
    return DATE.sub(r"\1 \2:\3:\4", place.name)


def _of_a_file(name: str, longest: int) -> str:
    plain = re.sub(r"[/\x00-\x1f]", "_", name).lstrip(".")
    return plain.encode(errors="replace")[:longest].decode(errors="ignore")


def _numbers() -> Iterator[str]:
    yield ""
    yield from (f" {number}" for number in count(2))
