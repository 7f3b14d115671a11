"""What defines a run: the hash of its configuration, and the group of runs that it is one seed of. Imports no torch."""

from __future__ import annotations

import hashlib
import json

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
    the machine doesn't count.
    """
    plain = OmegaConf.to_container(cfg, resolve=False)
    assert isinstance(plain, dict)
    for key in NOT_DEFINING:
        *parents, last = key.split(".")
        node = plain
        for parent in parents:
            node = node.get(parent) or {}
        node.pop(last, None)
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:12]
