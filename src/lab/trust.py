"""Which code a configuration may name: the project's own and its frameworks', and what is let in. Imports no torch.

A configuration is data that people hand around, with a run or as a file; what it names is imported and called.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from omegaconf import DictConfig, OmegaConf

from .places import CONF

PACKAGES = "torch", "torchvision", "torchmetrics", "pytorch_lightning", "lightning_fabric"
# What in them loads and runs the code of others.
EXCEPT = "torch.serialization", "torch.load", "torch.hub", "torch.jit", "torch.package", "torch.utils.cpp_extension"
HYDRAS = "hydra", "hydra_plugins"
TARGET = re.compile(r"_target_[\"']?:\s*[\"']?([\w.]+)")
INSTALLED = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")]


def check(cfg: DictConfig, imported: bool = False) -> None:
    """Looks at the names alone, or `imported` at what they turn out to be too: `torch.os.system` is not torch's.

    Raises:
        ValueError: one is of code that nobody has let in.
    """
    trusted = _trusted(cfg)
    for key, name in _names(cfg):
        if _let_in(name, trusted):
            continue
        for each in dict.fromkeys([name, *(_itself(name) if imported else [])]):
            if not (_let_in(each, trusted) or _is_ours(each) or name in _named_by_conf()):
                said = f"{key}={name}" + (f", which is {each}," if each != name else "")
                root = each.partition(".")[0]
                raise ValueError(
                    f"{said} is not in this project nor among its packages: "
                    f"trust=[{each if root in PACKAGES else root}] lets it in"
                )


def _itself(name: str) -> list[str]:
    """What is found under a name, by its own; nothing where it isn't found, which whoever calls it will say."""
    try:
        found = resolve_name(name)
    except Exception:
        return []
    while isinstance(found, partial):
        found = found.func
    owner = getattr(found, "__objclass__", found)  # of a method in C
    module = getattr(owner, "__module__", None) or type(owner).__module__
    return [f"{module}.{getattr(found, '__qualname__', type(found).__qualname__)}"]


def _trusted(cfg: DictConfig) -> list[str]:
    """What is let in: by whoever starts the run, or by conf/config.yaml; not by a file that came from elsewhere."""
    said = any(str(each).lstrip("+").startswith("trust=") for each in cfg.job.overrides)
    trust = [str(each) for each in cfg.get("trust") or []]
    return trust if said else [each for each in trust if each in OmegaConf.load(CONF / "config.yaml").trust]


def _names(cfg: DictConfig) -> Iterator[tuple[str, str]]:
    """Each name of code by its key."""
    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    for key in "schema", "views", "many":
        if isinstance(plain.get(key), str):
            yield key, plain[key]
    for key, name in _targets(plain):
        if not (key.startswith("hydra.") and _let_in(name, HYDRAS)):  # a sweep's own, which Hydra has made already
            yield key, name


def _targets(node: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            if key == "_target_" and isinstance(child, str):
                yield f"{prefix}{key}", child
            yield from _targets(child, f"{prefix}{key}.")


def _let_in(name: str, among: Sequence[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in among)


def _is_ours(name: str) -> bool:
    """Whether it is one of the packages', or lies open on the path: in the project, where the command was given, or
    where PYTHONPATH says; or nowhere.
    """
    root = name.partition(".")[0]
    if root in PACKAGES:
        return not _let_in(name, EXCEPT)
    if root in sys.stdlib_module_names:
        return False
    try:
        spec = find_spec(root)
    except (ImportError, ValueError):
        return False
    if spec is None:  # which an import will say
        return True
    places = [spec.origin] if spec.has_location and spec.origin else list(spec.submodule_search_locations or [])
    return bool(places) and all(_is_open(Path(place).resolve()) for place in places)


def _is_open(path: Path) -> bool:
    """Whether it lies open on the path, and is not installed as a package or Python's own."""
    installed = any(path.is_relative_to(place) for place in INSTALLED)
    return not installed and not {"site-packages", "dist-packages"} & set(path.parts)


def _named_by_conf() -> set[str]:
    """The names in the project's own yaml files."""
    return {name for path in CONF.rglob("*.yaml") for name in TARGET.findall(path.read_text())}
