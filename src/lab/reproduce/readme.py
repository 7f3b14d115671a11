"""The marked parts of an experiment's README, which are made from what was measured. Imports no torch.

Between `<!-- reproduced: a -->` and `<!-- end -->` stand the tables of that source; what they are made from lies beside
the README, `reproduced.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from ..records.atomic import put
from . import outcome
from .outcome import Outcome

NAME = "reproduced.json"
MARKED = re.compile(r"(<!-- reproduced: (\S+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def update(folder: Path, found: Iterable[Outcome]) -> bool:
    """Puts what was measured of an experiment into its folder; says whether its README has changed. What was not
    measured this time stays.
    """
    path, readme = folder / NAME, folder / "README.md"
    if not readme.is_file() or not MARKED.search(readme.read_text()):
        return False
    known = json.loads(path.read_text()) if path.is_file() else {}
    known |= {each["name"]: each for each in found}
    put(json.dumps(known, indent=1, ensure_ascii=False) + "\n", path)
    before = readme.read_text()
    after = filled(before, known)
    if after != before:
        put(after, readme)
    return after != before


def filled(text: str, known: dict[str, Outcome]) -> str:
    """The README with the marked parts of the sources that are known."""

    def block(found: re.Match[str]) -> str:
        start, name, was, end = found.groups()
        return start + (tables(known[name]) if name in known else was) + end

    return MARKED.sub(block, text)


def tables(source: Outcome) -> str:
    """The tables of a source, part by part, each under what it is of."""
    said = [(part["title"], outcome.markdown(part, sentences=False)) for part in source["parts"]]
    return "\n" + "\n".join(f"{title}:\n\n{text}" if title else text for title, text in said if text) + "\n"
