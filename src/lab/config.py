"""A run's configuration: composed from Python, checked before anything is trained, and what its yaml files may call."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from pydantic import ValidationError

from . import trust
from .places import CONF, PLUGINS, project
from .records.folder import RunFolder
from .records.signature import config_hash
from .resume import resume
from .resume.given import asked_for
from .schema import Config, complaints, unused
from .taken import refused

sys.path.append(str(PLUGINS))  # Hydra finds the project's launchers in a `hydra_plugins` there

NEEDED = {"mlflow": ("mlflow", "mlflow-skinny"), "wandb": ("wandb", "wandb")}  # by logger: the module, its package


def compose(*overrides: str) -> DictConfig:
    """The configuration of a run, for Python: `compose("model=mine", "seed=3")`. Its folder is new; or with `resume=`,
    that of the run in a folder.

    Raises:
        FileNotFoundError: there is nothing to go on from.
        ValueError: a value is of the wrong type or out of its range, or choices don't go together.
    """
    if resumed := asked_for(overrides):
        cfg = resume.configuration(resumed, overrides)
        check(cfg)
        return cfg
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


def check(cfg: DictConfig) -> Config:
    """The configuration as the experiment's schema has validated it, or the common part where there is no such schema.

    Raises:
        ValueError: code is named that nobody has let in, or choices don't go together; or, in one line, every value of
            the wrong type or out of its range.
    """
    trust.check(cfg)
    plain = OmegaConf.to_container(cfg, resolve=True)
    try:
        checked = _schema(cfg.schema).model_validate(plain)
    except ValidationError as error:
        raise ValueError("; ".join(complaints(error))) from None
    for complaint in (*unused(cfg), *_missing(cfg), *refused(cfg)):
        raise ValueError(complaint)
    return checked


def _schema(name: str | None) -> type[Config]:
    if name is None:
        return Config
    module, _, attribute = name.rpartition(".")
    try:
        found: Any = getattr(import_module(module), attribute, None) if module else None
    except ModuleNotFoundError as error:
        raise ValueError(f"schema={name}: {error}") from None
    if not (isinstance(found, type) and issubclass(found, Config)):
        raise ValueError(f"schema={name} is no subclass of src.lab.schema.Config")
    return found


def _missing(cfg: DictConfig) -> Iterator[str]:
    """What else the choices would need."""
    for logger in cfg.logger:
        module, package = NEEDED.get(logger, ("", ""))
        if module and find_spec(module) is None:
            yield f"logger={logger} needs a package that is not here: .venv/bin/pip install {package}"
    epochs = OmegaConf.select(cfg, "trainer.max_epochs")
    if isinstance(epochs, int) and epochs not in (-1, cfg.epochs):
        yield f"trainer.max_epochs={epochs}: write epochs={epochs}, which schedules and tables go by"
    if cfg.tested == "best" and "best" not in cfg.callbacks:
        yield "tested=best needs callbacks=best or callbacks=early_stopping, which keep that epoch's weights"
    watching = [name for name in ("best", "early_stopping") if name in cfg.callbacks]
    if watching and None in (cfg.monitor, cfg.mode):
        yield f"callbacks={watching[-1]} watches a metric: name it, monitor=… mode=min or mode=max"


def is_set(key: str, *, _root_: DictConfig) -> bool:
    """Whether a key that follows another, unless it is set, has been set. From the root, where nothing is resolved:
    Hydra instantiates resolved copies.
    """
    parent, _, name = key.rpartition(".")
    return not OmegaConf.is_interpolation(OmegaConf.select(_root_, parent), name)


def _register_resolvers() -> None:
    """What the yaml files call. `unique` stays the same within a configuration, as Hydra's own `now` does."""
    register = OmegaConf.register_new_resolver
    register("unique", lambda: secrets.token_hex(3), use_cache=True, replace=True)
    register("short_hash", lambda *, _root_: config_hash(_root_)[:6], replace=True)
    register("path", lambda file, *, _root_: str(getattr(RunFolder(_root_.job.folder), file)), replace=True)
    register("optim", lambda *, _root_: OmegaConf.select(_root_, "model.optim", default="torch.optim"), replace=True)
    register("is_set", is_set, replace=True)
    register("swept", lambda mode: mode is RunMode.MULTIRUN, replace=True)
    register("project", project, replace=True)
    register("parallel", lambda threads: max(1, _cores() // threads), replace=True)


def _cores() -> int:
    from joblib import cpu_count  # knows containers and affinities

    return int(cpu_count())


_register_resolvers()
