"""What defines a run: the hash of its configuration, and the group of runs that it is one seed of. Imports no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from omegaconf import DictConfig, OmegaConf

from .equal import equal

FOLD = "data.fold"

# What says how or where a run is made or how it is shown, and not what comes of it.
ASIDE = (
    "seed", "resume", "max_time", "fail_fast", "gpu", "figures", "logger", "data.root", "data.download",
    "views", "many", "objective", "metrics", "trust", "note",
)  # fmt: skip
NOT_DEFINING = (*ASIDE, "checkpoint", "job", "hydra")
NOT_GROUPING = (*ASIDE, "checkpoint.every", "sweep", "runs", FOLD)
UNLESS_SET = ("data.folds", FOLD)  # what data have come to offer since: null, it leaves a run what it was


def grouping(overrides: list[str]) -> dict[str, str]:
    """The overrides that tell groups apart: `{"model": "mine", "optimizer.lr": "0.1"}`, without the seed."""
    pairs = (override.lstrip("+~").partition("=")[::2] for override in overrides)
    return {key: value for key, value in pairs if not _is_of(key, NOT_GROUPING) and not key.startswith("hydra")}


def config_hash(cfg: DictConfig) -> str:
    """12 hexadecimal digits of what defines the run, but for the seed. Unresolved, so that what follows the seed or
    the machine doesn't count. What was changed on the way, when the run was gone on with, counts.
    """
    return _hash(defining(cfg))


def group_hash(cfg: DictConfig | dict[str, Any]) -> str:
    """The same of what the run has in common with all of its group."""
    return _hash(of_group(cfg))


def hashes(cfg: DictConfig) -> dict[str, str]:
    """All of them, as results have them."""
    return {"config_hash": config_hash(cfg), "group_hash": group_hash(cfg), "equal_hash": equal_hash(cfg)}


def equal_hash(cfg: DictConfig) -> str:
    """The same of all groups whose numbers are equal: `optimizer.lr=1` is no other learning rate than 1.0, whichever of
    them is the default. Folders are named, and runs known again, by the other hashes, which have told the two apart
    ever since.
    """
    return _hash(equal(of_group(cfg)))


def of_group(cfg: DictConfig | dict[str, Any]) -> dict[str, Any]:
    """What defines each of the networks that the run trains, as if it were alone and validated on no fold: however many
    are trained at once, and on whichever fold, they are seeds of one group.
    """
    plain = defining(cfg) | {"runs": 1}
    section, key = _place(plain, FOLD)
    if _is_fold(section.get(key)):
        del section[key]
    return plain


def fold(cfg: DictConfig) -> int | None:
    """Which fold of a cross-validation the run validates on; None where its data have none, or what they call so is no
    number.
    """
    found = OmegaConf.select(cfg, FOLD)
    return found if _is_fold(found) else None


def defining(cfg: DictConfig | dict[str, Any]) -> dict[str, Any]:
    """What of the configuration defines the run, but for the seed; unresolved."""
    plain = OmegaConf.to_container(cfg, resolve=False) if isinstance(cfg, DictConfig) else deepcopy(cfg)
    assert isinstance(plain, dict)
    changed = [each for each in (plain.get("job") or {}).get("resumed") or [] if defines(each["changed"])]
    for key in (*NOT_DEFINING, *UNLESS_SET):
        section, last = _place(plain, key)
        if key not in UNLESS_SET or section.get(last) is None:
            section.pop(last, None)
    if changed:
        plain["resumed"] = changed
    return {str(key): value for key, value in plain.items()}


def _place(plain: dict[Any, Any], key: str) -> tuple[dict[Any, Any], str]:
    """The section that a key is in, and its own name there; an empty one where there is none."""
    *parents, last = key.split(".")
    for parent in parents:
        plain = plain.get(parent) or {}
    return plain, last


def _is_fold(value: Any) -> bool:
    return type(value) is int and value >= 0


def _hash(plain: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:12]


def defines(keys: Iterable[str]) -> bool:
    """Whether one of the keys is of what defines a run."""
    return not all(_is_of(key, NOT_DEFINING) for key in keys)


def _is_of(key: str, sections: Iterable[str]) -> bool:
    """Whether the key is one of these, or in one of them."""
    return any(key == section or key.startswith(f"{section}.") for section in sections)
