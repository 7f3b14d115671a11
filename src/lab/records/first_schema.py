"""What result files of schema 1 meant, which knew errors and accuracies in percent alone. Imports no torch."""

from __future__ import annotations

from typing import Any

SCHEMA = 1
SHOWN = ("test/error", "test/digit_error", "test/area_error")


def as_second(result: dict[str, Any]) -> dict[str, Any]:
    """The result as schema 2 says it."""
    measured = list(dict.fromkeys(name for each in (result, *result["runs"]) for name in each["metrics"]))
    percentages = [name for name in measured if "error" in name or "accuracy" in name]
    return result | {
        "objective": "test/error",
        "monitor": "val/error",
        "units": dict.fromkeys(percentages, "%"),
        "better": {name: "higher" if "accuracy" in name else "lower" for name in percentages},
        "unlearnt": {"test/error": 25.0},
        "shown": [name for name in SHOWN if name in measured],
    }
