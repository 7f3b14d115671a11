"""Names of files and folders after groups, whatever they are called. Imports no torch."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

LONGEST = 100  # bytes: file systems take 255, of the whole name


def file_names(names: Iterable[str], kept: str = "") -> dict[str, str]:
    """By name, what a file may be called that is no other's, also where capitals are not told apart. Those that are too
    long or alike end on some digits of their hash. Of signs, only the usual ones and those `kept` stay what they are.
    """
    plain = {name: re.sub(rf"[^\w.=+{kept}-]+", "_", name).lstrip(".") for name in names}
    alike = Counter(each.casefold() for each in plain.values())
    return {
        name: each if each and alike[each.casefold()] == 1 and len(each.encode()) <= LONGEST else _hashed(name, each)
        for name, each in plain.items()
    }


def _hashed(name: str, plain: str) -> str:
    digits = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:10]
    return plain.encode()[:LONGEST].decode(errors="ignore") + f"_{digits}"
