"""What a search of hyper-parameters goes through: sweeps in Hydra's words as Optuna's distributions."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, Quote, QuotedString, Transformer
from omegaconf import OmegaConf
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)

from .. import config
from ..records.signature import config_hash
from .preset import choices_of, composed

Space = dict[str, BaseDistribution]

WORD = re.compile(r"(?!(true|false|null|nan|inf)$)[a-z_][\w./-]*", re.IGNORECASE)  # needs no quotes

# What is searched where nothing is said.
AROUND = 30  # times the learning rate of the configuration, up and down
SIZES = 25, 50, 100, 200  # of a batch, beside that of the configuration


SEED = "seed=1000"  # of the trials' data: not one of those that are compared afterwards


def parse(arguments: list[str]) -> tuple[list[str], Space]:
    """Splits overrides into those that are fixed and the space to search."""
    overrides = OverridesParser.create().parse_overrides(arguments)
    space = {each.get_key_element(): distribution(each) for each in overrides if each.is_sweep_override()}
    return [each.input_line or "" for each in overrides if not each.is_sweep_override()], space


def distribution(override: Override) -> BaseDistribution:
    """Optuna's word for a sweep in Hydra's."""
    sweep: Any = override.value()
    if override.is_interval_sweep():
        return FloatDistribution(float(sweep.start), float(sweep.end), log="log" in sweep.tags)
    values: list[str] = list(override.sweep_iterator(transformer=_written))  # type: ignore[arg-type]
    if override.is_range_sweep() and len(values) > 1:
        numbers = [int(value) for value in values]
        return IntDistribution(numbers[0], numbers[-1], step=numbers[1] - numbers[0])
    return CategoricalDistribution(values)


def usual(fixed: list[str]) -> Space:
    """What is searched where nothing is said: the learning rate and the size of a batch around those of the
    configuration, where it has them.

    Raises:
        ValueError: it has neither.
    """
    cfg = composed(*fixed)
    rate, size = (OmegaConf.select(cfg, key) for key in ("optimizer.lr", "data.batch_size"))
    space: Space = {}
    if rate is not None:
        space["optimizer.lr"] = FloatDistribution(rate / AROUND, rate * AROUND, log=True)
    if size is not None:
        space["data.batch_size"] = CategoricalDistribution([str(each) for each in sorted({*SIZES, size})])
    if not space:
        raise ValueError("say what to search: 'model.hidden=choice(16,32)'; --help has more of these")
    return space


def values_before(fixed: list[str], space: Space) -> dict[str, Any]:
    """What the configuration itself says of the keys to search; None where it has no such key."""
    cfg = composed(*fixed)
    choices = choices_of(cfg)
    found = {key: choices.get(key, OmegaConf.select(cfg, key.lstrip("+"))) for key in space}
    return {key: OmegaConf.to_object(value) if OmegaConf.is_config(value) else value for key, value in found.items()}


def inside(values: dict[str, Any], space: Space) -> dict[str, Any] | None:
    """The values as the space has them; None where one of them lies outside."""
    found: dict[str, Any] = {}
    for key, each in space.items():
        value = values[key]
        if isinstance(each, CategoricalDistribution):
            same = [choice for choice in each.choices if _read(str(choice)) == value]
        elif isinstance(each, IntDistribution):
            same = [value] * (isinstance(value, int) and value in range(each.low, each.high + 1, each.step))
        else:
            assert isinstance(each, FloatDistribution)
            same = [value] * (isinstance(value, int | float) and each.low <= value <= each.high)
        if not same:
            return None
        found[key] = same[0]
    return found


def signature(fixed: list[str], space: Space) -> str:
    """12 hexadecimal digits of what a study is of: the configuration with its seed, and the space."""
    cfg = config.compose(SEED, *fixed)
    each = {key: distribution_to_json(space[key]) for key in sorted(space)}
    return hashlib.sha256(json.dumps([config_hash(cfg), cfg.seed, each]).encode()).hexdigest()[:12]


def _read(choice: str) -> Any:
    """A choice as the configuration will have it."""
    value = OverridesParser.create().parse_override(f"key={choice}").value()
    return value.text if isinstance(value, QuotedString) else value


def _written(value: Any) -> str:
    """A choice as an override has it, with the quotes that it may want."""
    if isinstance(value, str) and not WORD.fullmatch(value):
        value = QuotedString(value, Quote.single)
    return value.with_quotes() if isinstance(value, QuotedString) else Transformer.str(value)
