"""Figures by name, errors and accuracies in percent: what result.json says of a network, and where each epoch's are
found. Imports no torch.
"""

from __future__ import annotations

import math
from typing import Any

CSV = "metrics.csv"  # in a run's folder: a row an epoch
STD = "std "  # before the name of a metric: over the networks that a run trains at once

Metrics = dict[str, float]


def with_accuracies(metrics: Metrics) -> Metrics:
    """For each error what it leaves of 100 %: `test/accuracy` beside `test/error`."""
    errors = {name: value for name, value in metrics.items() if "error" in name}
    return metrics | {name.replace("error", "accuracy"): 100 - value for name, value in errors.items()}


def of_network(seed: int, metrics: Metrics) -> dict[str, Any]:
    """The entry in `runs` of one of the networks trained at once: its figures or, if it diverged, which one says so."""
    for name, value in metrics.items():
        if not math.isfinite(value):
            return {"seed": seed, "metrics": {}, "status": "failed", "error": f"diverged: {name} is {value}"}
    rounded = {name: float(f"{value:.6g}") for name, value in sorted(metrics.items())}
    return {"seed": seed, "metrics": with_accuracies(rounded)}
