"""A run's configuration: checked before anything is trained, composed from Python, and what its yaml files may call."""

from __future__ import annotations

import secrets
import sys
from importlib.util import find_spec
from pathlib import Path

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from pydantic import ValidationError

from src.lab.records import folder, results
from src.lab.schema import fitting

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "conf"

sys.path.append(str(ROOT / "src" / "plugins"))  # Hydra finds the project's launchers in a `hydra_plugins` there


def experiments() -> list[Path]:
    """The folders in `conf/experiments`, each with groups of its own beside those of `conf`."""
    return sorted(path for path in (CONF / "experiments").glob("*") if path.is_dir())


def groups() -> list[str]:
    """The names of the groups, `data/augment` after `data`."""
    files = ((folder, path) for folder in (CONF, *experiments()) for path in folder.rglob("*.yaml"))
    found = {path.parent.relative_to(folder).as_posix() for folder, path in files}
    return sorted(name for name in found if name != "." and not name.startswith("experiments/"))


def choices(group: str) -> dict[str, Path]:
    """The files of a group by the name of the choice, from all experiments."""
    return {path.stem: path for folder in (CONF, *experiments()) for path in sorted((folder / group).glob("*.yaml"))}


NEEDED = {"mlflow": ("mlflow", "mlflow-skinny"), "wandb": ("wandb", "wandb")}  # by logger: the module, its package


def check(cfg: DictConfig) -> None:
    """Raises ValueError where choices don't go together or, in one line, with every value that is of the wrong type
    or out of its range.
    """
    schema = fitting(cfg)
    values = ((key, cfg[key]) for key in schema.model_fields)
    plain = {k: OmegaConf.to_container(v, resolve=True) if isinstance(v, DictConfig) else v for k, v in values}
    try:
        schema.model_validate(plain)
    except ValidationError as error:
        complaints: dict[str, str] = {}  # what follows another key (data.seed) is wrong in the same way: said once
        for each in error.errors():
            key = ".".join(part for part in map(str, each["loc"]) if part.islower())
            value = "null" if each["input"] is None else each["input"]
            complaints.setdefault(f"={value} won't do: it {each['msg'].removeprefix('Input ')}", key)
        raise ValueError("; ".join(key + complaint for complaint, key in complaints.items())) from None
    for logger in cfg.logger:
        module, package = NEEDED.get(logger, ("", ""))
        if module and find_spec(module) is None:
            raise ValueError(f"logger={logger} needs a package that is not here: .venv/bin/pip install {package}")
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
    register("short_hash", lambda *, _root_: results.config_hash(_root_)[:6], replace=True)
    register("run_folder", run_folder, replace=True)
    register("is_set", is_set, replace=True)
    register("swept", lambda mode: mode is RunMode.MULTIRUN, replace=True)
    register("parallel", lambda threads: max(1, _cores() // threads), replace=True)


def _cores() -> int:
    from joblib import cpu_count  # knows containers and affinities

    return int(cpu_count())


_register_resolvers()
