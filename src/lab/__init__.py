"""The engine: it trains any LightningModule over many seeds, and knows no experiment.

From Python, `from src.lab import compose, run, load, Report, decide` is all that a notebook needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .config import compose
    from .decision.decide import decide
    from .records.runs import load
    from .report.report import Report
    from .train import run

__all__ = ["Report", "compose", "decide", "load", "run"]

WHERE = {
    "compose": ".config",
    "decide": ".decision.decide",
    "load": ".records.runs",
    "Report": ".report.report",
    "run": ".train",
}


def __getattr__(name: str) -> Any:
    """Imports what is asked for, since a report needs no torch."""
    if name in WHERE:
        return getattr(import_module(WHERE[name], __name__), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
