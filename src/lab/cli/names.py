"""What there is in the place of a name that doesn't exist."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from ..places import CONF, choices, groups
from ..taken import taken

MANY = 20  # more names than this are no help
A_DEVICE, A_FOLDER = "trainer=gpu or trainer=cpu", "hydra.run.dir=…, of a sweep hydra.sweep.dir=…"
ELSEWHERE = {  # how other programs call it
    "device": A_DEVICE, "gpus": A_DEVICE, "cuda": A_DEVICE, "output_dir": A_FOLDER, "save_dir": A_FOLDER,
    "out": A_FOLDER, "learning_rate": "optimizer.lr=…", "max_epochs": "epochs=…", "seeds": "-m 'seed=range(10)'",
}  # fmt: skip


def near(name: str, names: Iterable[str]) -> str:
    """The names that end so, or are like it, else all."""
    known = sorted(names)
    if close := [each for each in known if each.endswith(f".{name}")] or difflib.get_close_matches(name, known, 3, 0.6):
        return f"; did you mean {' or '.join(close)}?"
    return there_are(known)


def there_are(names: Iterable[str]) -> str:
    """All the names, where they aren't too many to help."""
    known = sorted(names)
    if not known:
        return "; there are none yet: `python -m src.new NAME` makes a first one"
    return f"; there are {', '.join(known)}" if len(known) <= MANY else "; --help lists what there is"


def instead(key: str) -> str:
    """What to do where there is no such option: the end of a sentence that names it."""
    section, _, name = key.rpartition(".")
    if written := ELSEWHERE.get(key) or _chosen(key):
        return f": write {written}"
    default = _default()
    known = set(groups()) | set(_paths(default))
    if key in known:
        return f" with {_as_chosen(key.partition('.')[0])}"
    if not any(each.endswith(f".{key}") for each in known) and name in _taken(default, section or "trainer"):
        return f" yet: write +{section or 'trainer'}.{name}=…"
    return near(key, known)


def meant(word: str) -> str | None:
    """How a word that stands alone is written: `mine` as `model=mine`, `model` as `model=…`."""
    return "--help" if word == "help" else f"{word}=…" if word in {*groups(), *_shared()} else _chosen(word)


def _chosen(name: str) -> str | None:
    """`model=mine`, where that is the name of a choice of one group alone."""
    found = [group for group in groups() if not group.startswith("hydra/") and name in choices(group)]
    return f"{found[0]}={name}" if len(found) == 1 else None


def _as_chosen(section: str) -> str:
    """What of a group was asked for."""
    asked = [argument for argument in sys.argv[1:] if argument.startswith(f"{section}=")]
    return asked[-1] if asked else f"the {section} chosen here"


def _taken(node: Any, section: str) -> Iterable[str]:
    """The arguments of the class that a section of the configuration names."""
    for key in section.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    target = node.get("_target_") if isinstance(node, dict) else None
    return taken(target) if isinstance(target, str) and "${" not in target else ()


def _default() -> Any:
    """The default configuration or, where no model is chosen, what stands in the shared files."""
    try:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            return OmegaConf.to_container(compose("config"), resolve=False)
    except Exception:
        optimizers = choices("optimizer").values()
        return _shared() | {"optimizer": {key: None for path in optimizers for key in OmegaConf.load(path)}}


def _shared() -> dict[Any, Any]:
    return {key: value for key, value in OmegaConf.load(CONF / "config.yaml").items() if key != "defaults"}


def _paths(node: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield f"{prefix}{key}"
            yield from _paths(child, f"{prefix}{key}.")
