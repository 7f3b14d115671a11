"""What defines a run: the hash of its configuration, and the group of runs that it is one seed of. Imports no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from omegaconf import DictConfig, OmegaConf

# What says how or where a run is made or how it is shown, and not what comes of it.
ASIDE = (
    "seed", "resume", "max_time", "fail_fast", "figures", "logger", "data.root", "data.download",
    "views", "objective", "metrics", "trust",
)  # fmt: skip
NOT_DEFINING = (*ASIDE, "checkpoint", "job", "hydra")
NOT_GROUPING = (*ASIDE, "checkpoint.every", "sweep", "runs")


def grouping(overrides: list[str]) -> dict[str, str]:
    """The overrides that tell groups apart: `{"model": "mine", "optimizer.lr": "0.1"}`, without the seed."""
    pairs = (override.lstrip("+~").partition("=")[::2] for override in overrides)
    return {key: value for key, value in pairs if key not in NOT_GROUPING and not key.startswith("hydra")}


def config_hash(cfg: DictConfig) -> str:
    """12 hexadecimal digits of what defines the run, but for the seed. Unresolved, so that what follows the seed or
    the machine doesn't count. What was changed on the way, when the run was gone on with, counts.
    """
    return _hash(defining(cfg))


def group_hash(cfg: DictConfig) -> str:
    """The same of each of the networks that the run trains, as if it were alone: however many are trained at once, they
    are seeds of one group.
    """
    return _hash(defining(cfg) | {"runs": 1})


def defining(cfg: DictConfig) -> dict[str, Any]:
    """What of the configuration defines the run, but for the seed; unresolved."""
    plain = OmegaConf.to_container(cfg, resolve=False)
    assert isinstance(plain, dict)
    changed = [each for each in (plain.get("job") or {}).get("resumed") or [] if defines(each["changed"])]
    for key in NOT_DEFINING:
        *parents, last = key.split(".")
        node: Any = plain
        for parent in parents:
            node = node.get(parent) or {}
        node.pop(last, None)
    if changed:
        plain["resumed"] = changed
    return {str(key): value for key, value in plain.items()}


def _hash(plain: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:12]


def defines(keys: Iterable[str]) -> bool:
    """Whether one of the keys is of what defines a run."""
    return any(not any(key == aside or key.startswith(f"{aside}.") for aside in NOT_DEFINING) for key in keys)
