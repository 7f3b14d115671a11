"""The schema of a run's configuration, checked before anything is trained, and the names the yaml files may call."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from . import folder, results

CONF = Path(__file__).resolve().parent.parent / "conf"

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Probability = Annotated[float, Field(ge=0, lt=1)]
NotNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """Checks the keys it names; Hydra has already refused those that no yaml file has."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


class Data(Section):
    seed: Seed
    batch_size: PositiveInt
    train_pairs: PositiveInt = 1
    val_pairs: PositiveInt = 1
    test_pairs: PositiveInt = 1
    download: bool = False


class Model(Section):
    dropout: Probability = 0
    aux_weight: NotNegative = 0
    aux_at: Literal["logits", "features"] = "logits"
    aux_schedule: Literal["constant", "linear", "digits_first"] = "constant"
    label_smoothing: Probability = 0
    readout: Literal["head", "argmax", "bayes"] = "head"
    sharpness: Positive = 1
    shifts: bool = False
    init: Literal["default", "uniform_fan_in"] = "default"


class Optimizer(Section):
    lr: Positive
    momentum: Probability = 0
    weight_decay: NotNegative = 0


class Checkpoint(Section):
    every: PositiveInt


class Config(Section):
    seed: Seed
    epochs: PositiveInt
    threads: PositiveInt
    runs: PositiveInt
    resume: str | None
    fail_fast: bool
    tested: Literal["last", "best"]
    max_time: Annotated[str, Field(pattern=r"^\d+:\d{2}:\d{2}:\d{2}$")] | None
    checkpoint: Checkpoint
    data: Data
    model: Model
    optimizer: Optimizer


def check(cfg: DictConfig) -> None:
    """Raises ValueError with every value that is of the wrong type or out of its range, in one line."""
    values = ((key, cfg[key]) for key in Config.model_fields)
    plain = {k: OmegaConf.to_container(v, resolve=True) if isinstance(v, DictConfig) else v for k, v in values}
    try:
        Config.model_validate(plain)
    except ValidationError as error:
        complaints: dict[str, str] = {}  # what follows another key (data.seed) is wrong in the same way: said once
        for each in error.errors():
            key = ".".join(part for part in map(str, each["loc"]) if part.islower())
            value = "null" if each["input"] is None else each["input"]
            complaints.setdefault(f"={value} won't do: it {each['msg'].removeprefix('Input ')}", key)
        raise ValueError("; ".join(key + complaint for complaint, key in complaints.items())) from None
    if cfg.tested == "best" and "best" not in cfg.callbacks:
        raise ValueError(
            "tested=best needs callbacks=best or callbacks=early_stopping, which keep that epoch's weights"
        )


def compose(*overrides: str) -> DictConfig:
    """The configuration of a run, for Python: `compose("model=basic", "seed=3")`. Its folder is new.

    Raises:
        ValueError: a value is of the wrong type or out of its range.
    """
    with initialize_config_dir(str(CONF), version_base="1.3"):
        cfg = hydra_compose("config", list(overrides), return_hydra_config=True)
    settle(cfg, Path(cfg.hydra.run.dir).resolve())
    with open_dict(cfg):
        del cfg["hydra"]
    check(cfg)
    return cfg


def settle(cfg: DictConfig, place: Path) -> None:
    """Gives a configuration with its `hydra` part the folder, and resolves what only Hydra knows of the run."""
    OmegaConf.set_readonly(cfg.hydra, False)
    cfg.hydra.runtime.output_dir = str(place)
    HydraConfig.instance().set_config(cfg)  # where `job` looks
    with open_dict(cfg):
        cfg.job = OmegaConf.to_container(cfg.job, resolve=True)


def run_folder(resume: str | None, new: str) -> str:
    """The folder to go on in, or the new one; raises FileNotFoundError where there is nothing to go on from."""
    if resume is None:
        return new
    folder.checkpoint(resume, "last")
    return resume


def _register_resolvers() -> None:
    """What the yaml files call. `unique` stays the same within a configuration, as Hydra's own `now` does."""
    register = OmegaConf.register_new_resolver
    register("unique", lambda: secrets.token_hex(3), use_cache=True, replace=True)
    register("short_hash", lambda *, _root_: results.config_hash(_root_)[:6], replace=True)
    register("run_folder", run_folder, replace=True)
    register("swept", lambda mode: mode is RunMode.MULTIRUN, replace=True)
    register("parallel", lambda threads: max(1, _cores() // threads), replace=True)


def _cores() -> int:
    from joblib import cpu_count  # knows containers and affinities

    return int(cpu_count())


_register_resolvers()
