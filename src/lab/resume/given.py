"""What is given with `resume=`: which run is meant, and what of it may be another from now on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, Quote, QuotedString
from omegaconf import DictConfig, OmegaConf

from ..places import CONF, groups
from ..records.folder import RunFolder
from ..records.signature import ASIDE

# What may be another when a run goes on: how long it trains, where, and how it is watched.
FREE_GROUPS = ("trainer", "logger", "callbacks")
FREE = (*FREE_GROUPS, "epochs", "threads", "tested", "checkpoint", "monitor", "mode", *(set(ASIDE) - {"seed"}))
SEARCH = "hydra.searchpath"
AS_IT_WAS = "leave that out, or train anew"


def asked_for(overrides: Sequence[str]) -> RunFolder | None:
    """The folder that `resume=` names, however it is spelt (`+resume=`, in quotes)."""
    if not any("resume" in override for override in overrides):
        return None
    values = [each.value() for each in _parsed(overrides) if each.key_or_group == "resume"]
    return RunFolder(Path(str(values[-1])).expanduser()) if values and values[-1] is not None else None


def apply(cfg: DictConfig, overrides: Sequence[str]) -> None:
    """Sets the keys of a run that goes on, and takes choices of the groups that are free.

    Raises:
        ValueError: the run would become another by a choice, or there is no such key.
    """
    parsed = _parsed(overrides)
    searched = [each.input_line or "" for each in parsed if each.key_or_group == SEARCH]
    for override in parsed:
        if override.key_or_group not in ("resume", SEARCH):
            _apply(cfg, override, searched)


def search(places: Iterable[object]) -> str:
    """The override by which choices are found in these places too."""
    quoted = [QuotedString(str(place), Quote.single).with_quotes() for place in places]
    return f"{SEARCH}=[{','.join(quoted)}]"


def searched(overrides: Sequence[str]) -> list[str]:
    """The places that such an override names."""
    found = [each.value() for each in _parsed(overrides) if each.key_or_group == SEARCH]
    return [str(place) for place in found[-1]] if found and isinstance(found[-1], list) else []


def is_free(key: str) -> bool:
    """Whether a run that goes on may have another value of it."""
    return any(key == free or key.startswith(f"{free}.") for free in FREE)


def _parsed(overrides: Sequence[str]) -> list[Override]:
    return OverridesParser.create().parse_overrides([_quoted(each) for each in overrides])


def _quoted(override: str) -> str:
    """A folder that is there needs no quotes, whatever Hydra would make of its name."""
    key, _, value = override.partition("=")
    if key.lstrip("+") == "resume" and Path(value).expanduser().exists():
        return f"{key}={QuotedString(value, Quote.single).with_quotes()}"
    return override


def _apply(cfg: DictConfig, override: Override, searched: list[str]) -> None:
    key, value = override.key_or_group, override.value()
    said = override.input_line or key
    if override.is_sweep_override():
        raise ValueError(f"{said} asks for several runs, and resume= goes on with one")
    if key.partition(".")[0].partition("/")[0] == "hydra":
        raise ValueError(f"{said} doesn't go with resume=: leave it out")
    if key in groups() and not isinstance(value, dict):
        if value == cfg.job.choices.get(key):
            return
        _choose(cfg, key, value, searched)
    elif override.is_delete():
        *parents, name = key.split(".")
        OmegaConf.select(cfg, ".".join(parents)).pop(name, None) if parents else cfg.pop(name, None)
    elif not is_free(key) and OmegaConf.select(cfg, key) is None and value is not None and not override.is_add():
        raise ValueError(f"there is no option {key} in the run in {cfg.resume}")
    else:
        OmegaConf.update(cfg, key, value, merge=isinstance(value, dict))
    cfg.job.overrides = [each for each in cfg.job.overrides if each.lstrip("+~").partition("=")[0] != key] + [said]


def _choose(cfg: DictConfig, group: str, choice: object, searched: list[str]) -> None:
    if group not in FREE_GROUPS:
        was = cfg.job.choices.get(group)
        raise ValueError(f"{group}={choice}: the run in {cfg.resume} goes on with {group}={was}; {AS_IT_WAS}")
    with initialize_config_dir(str(CONF), version_base="1.3"):
        chosen = compose(overrides=[f"+{group}={choice}", *searched])
    cfg[group] = chosen[group]
    cfg.tested = chosen.get("tested", cfg.tested)
    cfg.job.choices[group] = choice
