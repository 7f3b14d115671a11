"""Configurations in which equal numbers are the same, however they were typed. Imports no torch."""

from __future__ import annotations

import json
import re
from typing import Any

REFERENCE = re.compile(r"\$\{\s*([A-Za-z_][\w.]*)\s*\}|\$\{oc\.select:\s*([\w.]+)\s*(?:,\s*([^{},]+?)\s*)?\}")
STEPS = 10  # from one key that follows another to the next
NOWHERE = object()


def equal(plain: dict[str, Any]) -> Any:
    """The configuration, which is not resolved, with each number that follows another key in the place of what it
    comes to, and whole ones as integers; true and false are none. What follows a key that is not there, as the seed of
    a group isn't, is left as it is.
    """
    return _equal(plain, plain)


def _equal(node: Any, whole: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        return {key: _equal(value, whole) for key, value in node.items()}
    if isinstance(node, list):
        return [_equal(value, whole) for value in node]
    value = _followed(node, whole) if isinstance(node, str) else node
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _followed(text: str, whole: dict[str, Any]) -> Any:
    """The number that a reference comes to; any other text as it is."""
    value: Any = text
    for _ in range(STEPS):
        found = REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            break
        key, selected, default = found.groups()
        value = _there(key or selected, whole)
        if value is NOWHERE and default is not None:
            value = _read(default)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else text


def _there(key: str, whole: dict[str, Any]) -> Any:
    node: Any = whole
    for part in key.split("."):
        node = node.get(part, NOWHERE) if isinstance(node, dict) else NOWHERE
    return node


def _read(default: str) -> Any:
    try:
        return json.loads(default)
    except ValueError:
        return default
