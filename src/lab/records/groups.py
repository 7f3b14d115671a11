"""Which results are seeds of one group, and what the group is called. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from .apart import apart
from .results import SCHEMA, Result
from .signature import defines

Typed = dict[str, str]  # overrides by key, as `result["group"]` has them
Key = Hashable  # of a group


def keys(found: Sequence[Result]) -> list[Key]:
    """Of each result what all of its group have, and no other: the hash of what was composed, of what equals it where
    one of them says that. Results that have none which could be compared (older, or written by hand) belong to the only
    group that was typed as they were, or else to one of their own.
    """
    composed = [_composed(result) for result in found]
    equal = {own: same for own, each in zip(composed, found, strict=True) if own and (same := each.get("equal_hash"))}
    composed = [own and equal.get(own, own) for own in composed]
    typed = [frozenset((key, spelt(value)) for key, value in result["group"].items()) for result in found]
    known: dict[Key, set[str]] = {}
    for own, each in zip(composed, typed, strict=True):
        if own:
            known.setdefault(each, set()).add(own)
    only = {each: next(iter(hashes)) for each, hashes in known.items() if len(hashes) == 1}
    return [own or only.get(each, each) for own, each in zip(composed, typed, strict=True)]


def labels(members: Mapping[Key, Sequence[tuple[Path, Result]]]) -> dict[Key, str]:
    """A name for each group: what was typed as far as it tells groups apart, in its shortest form and, where others
    were typed like it, what else is different in its configuration.
    """
    typed = _shortest(members)
    every = dict.fromkeys(name for group in sorted(typed.values(), key=_length, reverse=True) for name in group)
    varied = {name for name in every if len({spelt(group.get(name, "")) for group in typed.values()}) > 1}
    named = {key: label({name: group[name] for name in every if name in group}, varied) for key, group in typed.items()}
    for key in (key for same in _alike(named) for key in same):
        if times := changed_on_the_way(members[key][0][1]):
            named[key] += f" (changed at epoch {times[0].get('epoch')})"
    for same in _alike(named):
        for key, more in apart({key: [path.parent for path, _ in members[key]] for key in same}).items():
            named[key] += more
    for same in _alike(named):
        for key in same:
            named[key] += f" ({key[:6]})" if isinstance(key, str) else " (earlier version)"
    return named


def whole(members: Mapping[Key, Sequence[tuple[Path, Result]]]) -> dict[Key, str]:
    """All that was typed of each group, in its shortest form, but for what says where it is trained: `small epochs=9`,
    also where all groups have these epochs.
    """
    typed = _shortest(members)
    return {key: label(group, {*group} - {"trainer", "threads"} | {"model"}) for key, group in typed.items()}


def label(group: Typed, varied: set[str]) -> str:
    """`small`, `small optimizer.lr=0.1`, or `optimizer.lr=0.1` where all are the same model: what is the same in all
    groups goes without saying.
    """
    settings = [f"{key}={group[key]}" for key in group if key in varied - {"model"}]
    return " ".join(settings if settings and "model" not in varied else [group["model"], *settings])


@cache
def spelt(value: str) -> str:
    """The value in one spelling: `0.1` and `1e-1`, `[2, 3]` and `[2,3]`, `True` and `true` are the same."""
    return re.sub(r"[-+.\w]+", lambda found: _number(found[0]), "".join(value.split()))


def changed_on_the_way(result: Result) -> list[dict[str, Any]]:
    """The entries of `resumed` at which the run went on under another configuration."""
    return [each for each in result.get("resumed") or [] if each.get("changed") and defines(each["changed"])]


def _composed(result: Result) -> str | None:
    """The hashes of schema 1 are of configurations that were laid out otherwise. Files of schema 2 that say nothing of
    a group are those of one network and of no fold, which are hashed alike, or can't be compared.
    """
    alone = result.get("networks", 1) == 1
    found: str = result.get("group_hash") or (alone and result.get("config_hash")) or ""
    return found if found.strip("0") and result["schema"] == SCHEMA else None


def _number(text: str) -> str:
    try:
        return repr(float(text))
    except ValueError:
        return text.lower() if text.lower() in ("true", "false", "null") else text


def _shortest(members: Mapping[Key, Sequence[tuple[Path, Result]]]) -> dict[Key, Typed]:
    """What was typed of each group, by whoever typed the least."""
    return {key: min((result["group"] for _, result in each), key=_length) for key, each in members.items()}


def _length(group: Typed) -> tuple[int, int, list[str]]:
    words = [f"{key}={value}" for key, value in group.items()]
    return len(words), sum(map(len, words)), words


def _alike(named: Mapping[Key, str]) -> list[list[Key]]:
    """The groups that have the same name, where they are several."""
    by_name: dict[str, list[Key]] = {}
    for key, name in named.items():
        by_name.setdefault(name, []).append(key)
    return [same for same in by_name.values() if len(same) > 1]
