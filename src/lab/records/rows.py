"""A row for each network that a run trained, and which of two of the same seed and fold counts. Imports no torch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from . import results
from .aspects import made_with, went_on
from .groups import Key, changed_on_the_way

COLUMNS = (
    "group", "settings", "seed", "fold", "status", "error", "parameters", "epochs", "seconds", "folder", "objective",
    "monitor", "data", "tested_on", "together", "git", "code", "versions", "device", "processor", "configuration",
    "changed", "note",
)  # fmt: skip
SAID = ("units", "better", "unlearnt", "shown")  # what a result says of its metrics
OWN = {*COLUMNS, *SAID}  # names that no metric can have


class Network(NamedTuple):
    """A row: which run trained it, and the key of its group."""

    path: Path
    result: results.Result
    key: Key
    row: dict[str, Any]


def rows(path: Path, result: results.Result) -> Iterator[dict[str, Any]]:
    """One for each of the networks that the run trained, or should have."""
    alone = result.get("networks", 1) == 1
    common = {key: result.get(key) for key in ("status", "error", "parameters", "epochs", "objective", "monitor")}
    common |= {key: result.get(key) for key in ("fold", "data", "tested_on", "note")} | made_with(result)
    common |= {"seconds": _number(result["seconds"]["total"]), "folder": str(path.parent)}
    common |= {key: result.get(key) or None for key in SAID}
    common["together"] = None if alone else f"{result['networks']} from {result['seed']}"
    common["configuration"] = result.get("config_hash") if result["schema"] != results.SCHEMA else None
    common["changed"] = "; ".join([*map(_change, changed_on_the_way(result)), *went_on(result)]) or None
    lost = ({"seed": result["seed"] + r, "metrics": {}} for r in range(result.get("networks", 1)))
    for network in result["runs"] or lost:
        own = {key: network[key] for key in ("seed", "status", "error", "epochs") if key in network}
        yield common | own | {name: _number(each) for name, each in network["metrics"].items() if name not in OWN}


def _change(resumed: Mapping[str, Any]) -> str:
    """`epochs from 25 to 50 at epoch 25`, of an entry of `resumed`."""
    changed = [f"{key} from {was} to {now}" for key, (was, now) in resumed["changed"].items()]
    return f"{', '.join(changed)} at epoch {resumed['epoch']}"


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def each_once(networks: Iterable[Network], named: Mapping[Key, str]) -> list[Network]:
    """Of the same seed and fold of a group the one to keep, in the place of the first. That some were there more than
    once is said on stderr.
    """
    kept: dict[tuple[Key, int, int | None], Network] = {}
    clashes: dict[tuple[Key, int, int | None], str] = {}
    repeats = 0
    for network in networks:
        place = network.key, network.row["seed"], network.row["fold"]
        if place not in kept:
            kept[place] = network
            continue
        worse, better = sorted((kept[place], network), key=_rank)
        kept[place] = better
        if worse.row["status"] != "completed":
            continue
        if _figures(worse) == _figures(better):
            repeats += 1
        else:
            clashes[place] = f"{better.row['folder']} and not {worse.row['folder']}"
    if repeats:
        print(
            f"counted once: {repeats} run{'s' * (repeats > 1)} that repeat{'s' * (repeats == 1)} another",
            file=sys.stderr,
        )
    if clashes:
        (key, seed, fold), which = next(iter(clashes.items()))
        run = f"{named[key]} seed={seed}" + (f" fold={fold}" if fold is not None else "")
        more = f" (and so of {len(clashes) - 1} more)" if len(clashes) > 1 else ""
        print(f"{run}: two results differ, the newest is taken, {which}{more}", file=sys.stderr)
    return list(kept.values())


def _rank(network: Network) -> tuple[bool, float, str]:
    return network.row["status"] == "completed", network.path.stat().st_mtime, str(network.path)


def _figures(network: Network) -> dict[str, Any]:
    return {name: value for name, value in network.row.items() if name not in OWN}
