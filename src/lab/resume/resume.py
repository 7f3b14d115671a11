"""A run goes on as what it was: from its own recorded configuration, whole, wherever its folder lies now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hydra.core.utils import configure_log
from omegaconf import DictConfig, OmegaConf, open_dict

from ..records import results
from ..records.folder import RunFolder
from .given import AS_IT_WAS, apply, is_free


def configuration(folder: RunFolder, overrides: Sequence[str]) -> DictConfig:
    """What the run in the folder was made with, and what is given anew.

    Raises:
        FileNotFoundError: there is nothing to go on from.
        ValueError: what is given anew would make another run of it.
    """
    cfg = folder.recorded()
    job = _job(cfg, folder)
    said = [each for each in job["overrides"] if not each.lstrip("+").startswith("trust=")]  # who goes on says it anew
    with open_dict(cfg):
        cfg.resume = str(folder.path)
        cfg.job = job | {"overrides": said, "folder": str(folder.path.absolute())}
        apply(cfg, overrides)
    changes(cfg)
    return cfg


def changes(cfg: DictConfig) -> dict[str, list[Any]]:
    """By key, what the run that `cfg` goes on with was made with, and what it goes on with now.

    Raises:
        FileNotFoundError: there is nothing to go on from.
        ValueError: it would be another run.
    """
    folder = RunFolder(cfg.resume)
    old, new = _flat(folder.recorded()), _flat(cfg)
    found = {key: [old.get(key), new.get(key)] for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)}
    for key, (was, now) in found.items():
        if not is_free(key):
            raise ValueError(f"{key}={now}: the run in {folder.path} goes on with {key}={was}; {AS_IT_WAS}")
    if "epochs" in found and isinstance(cfg.epochs, int):  # else the schema says what is wrong with it
        _check_epochs(cfg.epochs, folder)
    return found


def is_complete(cfg: DictConfig) -> bool:
    """Whether `cfg` goes on with a run, and that is complete, and nothing is changed."""
    if cfg.resume is None:
        return False
    return RunFolder(cfg.resume).completed() and not changes(cfg)


def note(cfg: DictConfig, epoch: int) -> None:
    """Notes in `cfg` what is changed from this epoch on; raises ValueError where it has been trained for longer than is
    asked for now. That a callback has trained it for longer, as `callbacks=swa` may, is nothing that was asked for.
    """
    changed = changes(cfg) if cfg.resume else {}
    if epoch > cfg.epochs and "epochs" in changed:
        raise ValueError(f"epochs={cfg.epochs}: the run in {cfg.resume} is trained for {epoch} already")
    if changed:
        with open_dict(cfg):
            cfg.job.resumed = [*cfg.job.resumed, {"epoch": epoch, "changed": changed}]


def log_to(folder: RunFolder) -> None:
    """Sends what is logged to the run's own log, after what is there."""
    if folder.hydra.is_file():
        whole: Any = OmegaConf.load(folder.hydra)
        whole.hydra.runtime.output_dir = str(folder.path.absolute())
        configure_log(whole.hydra.job_logging, whole.hydra.verbose)


def _job(cfg: DictConfig, folder: RunFolder) -> dict[str, Any]:
    """What Hydra knew of the run; of one that was killed before it wrote that down, Hydra's own file knows it."""
    if not OmegaConf.is_interpolation(cfg.job, "model"):
        return dict(OmegaConf.to_container(cfg.job))  # type: ignore[arg-type]
    hydra: Any = OmegaConf.to_container(OmegaConf.load(folder.needed("hydra")), resolve=False)
    choices, overrides = hydra["hydra"]["runtime"]["choices"], hydra["hydra"]["overrides"]["task"]
    return {"model": choices["model"], "choices": choices, "overrides": overrides, "swept": False, "resumed": []}


def _check_epochs(epochs: int, folder: RunFolder) -> None:
    result = results.there(folder.result)
    if result and epochs < result["epochs"]:
        raise ValueError(f"epochs={epochs}: the run in {folder.path} is trained for {result['epochs']} already")


def _flat(cfg: DictConfig) -> dict[str, Any]:
    """The values by their whole keys, as they stand in the yaml files, without what only says where the run is."""
    flat: dict[str, Any] = {}

    def walk(node: dict[Any, Any], prefix: str) -> None:
        for key, value in node.items():
            if isinstance(value, dict) and value:
                walk(value, f"{prefix}{key}.")
            else:
                flat[f"{prefix}{key}"] = value

    plain: Any = OmegaConf.to_container(cfg, resolve=False)
    walk({key: value for key, value in plain.items() if key not in ("job", "resume", "hydra")}, "")
    return flat
