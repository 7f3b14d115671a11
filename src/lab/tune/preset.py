"""What a search has found, as a choice of the `experiment` group that any command takes."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from ..places import CONF, groups
from ..records.atomic import put
from ..resume.given import search

APART = "job", "hydra", "seed", "resume"  # what another run has of its own
OTHERS = re.compile("(default|experiment|sweep|debug|hydra)(/|$)")  # groups of which the values are kept, or nothing
OF_HYDRA = re.compile(r"[+~]*(hydra[./]|trust=)")  # and what only a command can say
Node = dict[str, Any]


class Preset:
    """The configuration that the overrides make, written into `folder/experiment`.

    A file adds and changes, and takes out no key but with the whole choice of its group; where the overrides take one
    out of the model itself, the command has to do it again.
    """

    def __init__(self, folder: Path, overrides: list[str]) -> None:
        self.folder = folder
        self.of_hydra = [each for each in overrides if OF_HYDRA.match(each)]
        whole = composed(*overrides)
        self.choices, self.wanted = choices_of(whole), plain(whole)
        self.model: str = self.choices.pop("model")
        name = re.sub(r"\W+", "_", folder.name.removeprefix("tuned_"))
        self.path = folder / "experiment" / f"tuned_{name}.yaml"
        self.deleted: list[str] = []

    def write(self, comment: str) -> None:
        """Writes the choices that the model does not make itself, and where values differ from what comes of them. The
        file is there when it is whole.
        """
        with TemporaryDirectory() as draft:
            self.draft = Path(draft)
            self._write(comment)
            put((self.draft / "experiment" / self.path.name).read_bytes(), self.path)

    def _write(self, comment: str) -> None:
        usual = choices_of(composed(*self.of_hydra, f"model={self.model}"))
        chosen = {group: choice for group, choice in self.choices.items() if usual.get(group) != choice}
        lacking = {path.partition(".")[0] for path in missing(self._put(comment, chosen), self.wanted)}
        for group in lacking & set(self.choices):
            chosen = {each: choice for each, choice in chosen.items() if each.partition("/")[0] != group}
            chosen[group] = None
        values = difference(self._put(comment, chosen), self.wanted)
        self.deleted = [f"~{path}" for path in missing(self._put(comment, chosen, values), self.wanted)]

    def command(self) -> str:
        """What trains it over seeds, for a shell."""
        place = "--config-dir", os.path.relpath(self.folder), *self.of_hydra
        name = f"experiment={self.path.stem}"
        return shlex.join(["python", "-m", "src.train", *place, name, *self.deleted, "-m", "seed=range(10)"])

    def _put(self, comment: str, chosen: dict[str, str | None], values: Node | None = None) -> Node:
        """Writes a draft of the file, and returns what comes of it."""
        defaults = {"model": self.model} | chosen
        said = [f"  - override /{group}: {choice or 'null'}" for group, choice in defaults.items()]
        lines = ["# @package _global_", f"# {comment}", "defaults:", *said]
        text = "\n".join(lines) + "\n" + (OmegaConf.to_yaml(OmegaConf.create(values)) if values else "")
        put(text, self.draft / "experiment" / self.path.name)
        return self._found()

    def _found(self) -> Node:
        among = composed(*self.of_hydra, f"model={self.model}").hydra.searchpath
        rest = [each for each in self.of_hydra if not each.startswith("hydra.searchpath=")]
        return plain(composed(*rest, search([*among, f"file://{self.draft}"]), f"experiment={self.path.stem}"))


def composed(*overrides: str) -> DictConfig:
    """A configuration as Hydra makes it, unchecked, with its `hydra` part."""
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return hydra_compose("config", list(overrides), return_hydra_config=True)


def choices_of(cfg: DictConfig) -> dict[str, Any]:
    """By group, what is chosen in a configuration with its `hydra` part."""
    choices = cfg.hydra.runtime.choices
    return {group: choices[group] for group in groups() if group in choices and not OTHERS.match(group)}


def plain(cfg: DictConfig) -> Node:
    """The part that a preset is about, unresolved: what follows the seed or the folder goes on following it."""
    whole: Any = OmegaConf.to_container(cfg, resolve=False)
    return {key: value for key, value in whole.items() if key not in APART}


def difference(found: Node, wanted: Node) -> Node:
    """What is to be changed in `found` or added to it; see `missing` for the rest."""
    changed: Node = {}
    for key, value in wanted.items():
        if key not in found or type(found[key]) is not type(value):
            changed[key] = value
        elif isinstance(value, dict):
            changed |= {key: below} if (below := difference(found[key], value)) else {}
        elif found[key] != value:
            changed[key] = value
    return changed


def missing(wider: Node, wanted: Node, prefix: str = "") -> list[str]:
    """The keys of `wider` that `wanted` does without."""
    paths: list[str] = []
    for key, value in wider.items():
        if key not in wanted:
            paths.append(f"{prefix}{key}")
        elif isinstance(value, dict) and isinstance(wanted[key], dict):
            paths += missing(value, wanted[key], f"{prefix}{key}.")
    return paths
