"""The figures of a report. Imports no torch."""

from __future__ import annotations

from matplotlib.figure import Figure

from ..records.curves import Band
from ..records.metrics import UNKNOWN, Axis
from . import figures
from .content import Content
from .dots import Against


def picture(report: Content) -> Figure:
    """Every seed, mean and interval of each group, how far they are apart, and how they learned."""
    watched, curves = _learned(report)
    return figures.summary(report.runs, report.summary, report.axis, _against(report), curves, watched)


def panels(report: Content) -> dict[str, Figure]:
    """The parts of the picture, each a figure of its own, by what it shows."""
    watched, curves = _learned(report)
    found = {"Every seed": figures.seeds(report.runs, report.summary, report.axis, curves)}
    if against := _against(report):
        found["Differences"] = figures.differences(report.runs, report.summary, report.axis, against, curves)
    return found | ({"How they learned": figures.curves(curves, watched, len(report.summary))} if curves else {})


def _against(report: Content) -> Against | None:
    """The baseline and the differences to it, if any group is compared with it."""
    some = not report.missing and report.differences["difference"].is_not_null().any()
    return Against(report.baseline, report.differences) if some else None


def _learned(report: Content) -> tuple[Axis, dict[str, Band]]:
    """The metric of the validation that was watched while the groups learned; and its curves, the best group first, of
    those that were measured more than once.
    """
    monitors: list[str] = report.runs["monitor"].drop_nulls().to_list() if "monitor" in report.runs.columns else []
    watched = monitors[0] if monitors else report.metric.replace("test", "val", 1)
    curves = {group: bands[watched] for group, bands in report.learned.items() if watched in bands}
    curves = {group: band for group, band in curves.items() if len(band.epochs) > 1}
    meaning = report.meanings.get(watched, UNKNOWN)
    return Axis(watched, meaning), {group: curves[group] for group in report.summary["group"] if group in curves}
