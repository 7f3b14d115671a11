"""What other commands would understand, and how it is written here. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from ..places import CONF, groups
from ..resume.given import SEARCH
from .arguments import FLAGS, WITH_VALUE

RANGE = re.compile(r"([\w.]+)=(\d+)\.{2,3}(\d+)|(seed)=(\d+)[-:](\d+)")
FILE = re.compile(r"([\w/]+)=[\w,]+\.ya?ml\b.*")
SUFFIX = re.compile(r"\.ya?ml\b")
NEW = re.compile(r"\++(\w+)=")
LIST = re.compile(r"seed=\[(.*)\]")


def check(arguments: Sequence[str]) -> None:
    """Raises ValueError, in words that say how it is written, where an argument isn't written as it is here."""
    words = list(_alone(arguments))
    for word, after in pairwise([*words, ""]):
        name, _, value = word.lstrip("-").partition("=")
        follows = "" if "=" in after[1:] or after.startswith(("-", "~")) else after
        if word.startswith("-"):
            if not _is_flag(word):
                raise ValueError(_flag(word, name, value or follows))
        elif follows and not value and not word.startswith("~"):  # `seed 3`, `model = mine`, `model= mine`
            said = " ".join(words[words.index(word) :][: 3 if after == "=" else 2])
            raise ValueError(f"{said}: write {name}={said.split()[-1].lstrip('=')}, in one word")
        elif found := RANGE.fullmatch(word):
            key, first, last = filter(None, found.groups())
            between = f"{int(last) + 1}" if int(first) == 0 else f"{first},{int(last) + 1}"
            raise ValueError(f"{word}: a range is written {key}=range({between}), with -m")
        elif (found := FILE.fullmatch(word)) and found[1] in groups():
            raise ValueError(f"{word}: write {SUFFIX.sub('', word)}, without the suffix")
        elif word.endswith(","):
            raise ValueError(f"{word} {after}: write {word}{after}, without a space")
        elif found := LIST.fullmatch(word):
            raise ValueError(f"{word}: several are written seed={found[1]}, with -m")


def _alone(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments but for those flags that take another, and what they take."""
    queue = iter(arguments)
    for argument in queue:
        if argument in WITH_VALUE:
            next(queue, None)
        else:
            yield argument


def _is_flag(word: str) -> bool:
    """Whether Hydra knows it, be it cut short or with its value in one word."""
    name = word.partition("=")[0]
    return any(flag == word or (name.startswith("--") and flag.startswith(name)) for flag in FLAGS | WITH_VALUE)


def _flag(word: str, name: str, value: str) -> str:
    if close := get_close_matches(word, sorted(FLAGS | WITH_VALUE), n=1, cutoff=0.8):
        return f"there is no {word}; did you mean {close[0]}?"
    said = word if "=" in word or not value else f"{word} {value}"
    return f"{said}: write {name}={value or '…'}, without a dash"


def unused(overrides: Sequence[str]) -> Iterator[str]:
    """A sentence for each new key (`+tags=[x]`) that no file of the configuration refers to."""
    if any(override.startswith(SEARCH) for override in overrides):  # there is more than these files
        return
    for override in overrides:
        found = NEW.match(override)
        if found and found[1] not in groups() and not any(_names(path, found[1]) for path in CONF.rglob("*.yaml")):
            yield f"{found[0]}… tells groups apart and changes nothing else: note=… is a word on a run that does not"


def _names(path: Path, key: str) -> bool:
    """Whether a file has the key, or refers to it."""
    return bool(re.search(rf"^{key}:|\$\{{(oc\.select:)?{key}\b", path.read_text("utf-8"), re.MULTILINE))
