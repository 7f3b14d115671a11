"""What a search of hyper-parameters goes through: sweeps in Hydra's words as Optuna's distributions."""

from __future__ import annotations

from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from .. import config

Space = dict[str, BaseDistribution]

USUAL = ["optimizer.lr=tag(log,interval(0.003,3))", "data.batch_size=choice(25,50,100,200)"]


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
    values = list(override.sweep_string_iterator())
    if override.is_range_sweep() and len(values) > 1:
        numbers = [int(value) for value in values]
        return IntDistribution(numbers[0], numbers[-1], step=numbers[1] - numbers[0])
    return CategoricalDistribution(values)


def usual(fixed: list[str]) -> Space:
    """What is searched where nothing is said: the learning rate and the size of a batch, where the configuration has
    them.

    Raises:
        ValueError: it has neither.
    """
    cfg = config.compose(*fixed)
    found = [each for each in USUAL if OmegaConf.select(cfg, each.partition("=")[0]) is not None]
    if not found:
        raise ValueError("say what to search: 'model.hidden=choice(16,32)'; --help has more of these")
    return parse(found)[1]


def defaults(fixed: list[str], space: Space) -> dict[str, Any]:
    """What the configuration says of the keys to search, where that lies in the space."""
    cfg = config.compose(*fixed)
    found: dict[str, Any] = {}
    for key, each in space.items():
        value = OmegaConf.select(cfg, key, throw_on_missing=True)
        if isinstance(each, CategoricalDistribution):
            found |= {key: str(value)} if str(value) in each.choices else {}
        elif isinstance(each, FloatDistribution | IntDistribution) and each.low <= value <= each.high:
            found[key] = value
    return found
