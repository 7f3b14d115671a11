"""The figures of a report. Imports no torch."""

from __future__ import annotations

from matplotlib.figure import Figure

from ..records.curves import Band
from . import figures
from .content import Content


def picture(report: Content) -> Figure:
    """Every seed, mean and interval of each group, and how they learned."""
    watched, curves = _learned(report)
    return figures.summary(report.runs, report.summary, report.axis, curves, watched)


def panels(report: Content) -> dict[str, Figure]:
    """The parts of the picture, each a figure of its own, by what it shows."""
    watched, curves = _learned(report)
    found = {"Every seed": figures.seeds(report.runs, report.summary, report.axis, curves)}
    return found | ({"How they learned": figures.curves(curves, watched, len(report.summary))} if curves else {})


def _learned(report: Content) -> tuple[str, dict[str, Band]]:
    """The metric of the validation that was watched while the groups learned; and its curves, the best group first."""
    monitors: list[str] = report.runs["monitor"].drop_nulls().to_list() if "monitor" in report.runs.columns else []
    watched = monitors[0] if monitors else report.metric.replace("test", "val", 1)
    curves = {group: bands[watched] for group, bands in report.learned.items() if watched in bands}
    return watched, {group: curves[group] for group in report.summary["group"] if group in curves}
