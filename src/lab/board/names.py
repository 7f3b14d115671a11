"""What runs are called on the dashboard, by what was swept: `small lr=0.1 seed=0`. Imports no torch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..records import results
from ..records.apart import LOADER
from ..records.folder import RunFolder
from ..records.groups import Key, keys, labels, spelt
from ..records.signature import group_hash, grouping
from .found import Events

MEAN = "(mean over seeds)"
LONGEST = 180  # bytes: file systems take 255
KEY = re.compile(r"(?<!\S)([\w./@-]*[./])([\w-]+)(?==)")
DATE = re.compile(r"^(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)(?=_|$).*")

Runs = Mapping[Path, results.Result]  # by folder


def said(found: Iterable[Events]) -> Runs:
    """What the runs were told, of those that say it: from their results or, while they are at work, configurations."""
    folders = dict.fromkeys(each.run for each in found if each.run)
    return {folder: result for folder in folders if (result := _of(folder))}


def names(found: Sequence[Events], runs: Runs) -> dict[str, Path]:
    """The folders of event files, each by a name of its own."""
    known = _groups(runs)
    plain = [(each, _name(each, runs, known)) for each in found]
    short = _short(name for each, name in plain if each.run)
    named: list[tuple[str, Events]] = [(_of_a_file(short(name)), each) for each, name in plain]
    for more in _made, lambda each: (each.run or each.folder).name:
        alike = Counter(name.casefold() for name, _ in named)
        named = [(f"{name} ({more(each)})" if alike[name.casefold()] > 1 else name, each) for name, each in named]
    numbers: Counter[str] = Counter()
    by_name = {}
    for name, each in named:
        numbers[name.casefold()] += 1
        number = numbers[name.casefold()]
        by_name[f"{name} {number}" if number > 1 else name] = each.folder
    return by_name


def swept(runs: Iterable[results.Result]) -> list[str]:
    """The names of the settings that were not told all runs alike, as they were typed; the seed last."""
    told = [result["group"] | {"seed": str(result["seed"])} for result in runs]
    every = sorted(
        dict.fromkeys(name for each in told for name in each), key=lambda name: (name == "seed", name != "model")
    )
    return [name for name in every if len({spelt(each.get(name, "")) for each in told}) > 1]


def _of(folder: Path) -> results.Result | None:
    """None where a file can't be read, or says too little."""
    place = RunFolder(folder)
    for path, reading in (place.result, results.read), (place.configuration, _begun):
        try:
            return _once(reading, path, path.stat().st_mtime_ns)
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
            continue
    return None


@cache
def _once(reading: Callable[[Path], results.Result], path: Path, changed: int) -> results.Result:
    """Files are read again when they have changed."""
    return reading(path)


def _begun(path: Path) -> results.Result:
    """As far as the configuration of a run says what its result will."""
    plain: dict[str, Any] = yaml.load(path.read_bytes(), LOADER)
    job = plain["job"]
    return {
        "schema": results.SCHEMA,
        "model": job["model"],
        "seed": plain["seed"],
        "networks": plain["runs"],
        "fold": (plain.get("data") or {}).get("fold"),
        "group": {"model": job["model"]} | grouping(job["overrides"]),
        "group_hash": group_hash(plain),
    }


def _groups(runs: Runs) -> dict[Path, str]:
    """By folder, what the run's group is called, the model first."""
    of_each = dict(zip(runs, keys(list(runs.values())), strict=True))
    members: dict[Key, list[tuple[Path, results.Result]]] = {}
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
    return label if label.split()[:1] == [model] else f"{model} {label}"


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
    said = folder.name if DATE.match(folder.name) or not each.run else folder.parent.name
    return DATE.sub(r"\1 \2:\3:\4", said)


def _of_a_file(name: str) -> str:
    plain = re.sub(r"[/\x00-\x1f]", "_", name).lstrip(".")
    return plain.encode()[:LONGEST].decode(errors="ignore")
