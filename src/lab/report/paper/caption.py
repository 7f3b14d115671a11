"""What a table in LaTeX shows, in the words of its caption. Imports no torch."""

from __future__ import annotations

import polars as pl

from ...records.metrics import capital
from ...records.mixed import FOLDED
from ..content import Content
from ..significance import ALPHA
from .escape import Tex, escaped
from .ranked import Ranked


def caption(report: Content, order: Ranked) -> Tex:
    """How often each group was run, which intervals and which test these are, what is bold, and what is left out."""
    folds = "fold" in report.runs.columns and report.runs["fold"].drop_nulls().len() > 0
    said = [_measured(report, "folds of seeds" if folds else "seeds")]
    if report.summary["bca_low"].drop_nulls().len():
        said.append(
            "BCa: by the bootstrap, where figures are so skewed that Student's interval is too short on one side"
        )
    if order.reference is not None:
        said += _compared(order, "fold of a seed" if folds else "seed")
    if order.best is not None:
        said.append(_bold(order, "highest" if report.meaning.better == "higher" else "lowest"))
    if report.missing:
        said.append(escaped(capital(report.missing)))
    if failed := int(report.summary["failed"].sum()):
        said.append("1 run did not complete" if failed == 1 else f"{failed} runs did not complete")
    if any(FOLDED in line for line in report.notes()):
        said.append(escaped(capital(FOLDED)))
    return Tex(". ".join(said) + ".")


def _measured(report: Content, each: str) -> str:
    name = escaped(capital(report.axis.label))
    n = report.summary.filter(pl.col("n") > 0)["n"]
    if n.is_empty():
        return name
    if n.max() == 1:
        return f"{name}: one run a group"
    times = f"$n = {n[0]}$" if n.n_unique() == 1 else "$n$"
    return rf"{name}: mean $\pm$ standard deviation over {times} {each}, 95\,\% interval of the mean (Student's $t$)"


def _compared(order: Ranked, one: str) -> list[str]:
    each = order.against.values()
    tested = sum(against.p is not None for against in each)
    said = [f"Difference: from {escaped(order.reference or '')}, paired by {one}"]
    if any(against.half is not None for against in each):
        said[0] += r", with its 95\,\% interval"
    if tested:
        holm = f", corrected by Holm for {tested} comparisons" if tested > 1 else ""
        said.append(f"$p$: two-sided paired $t$ test{holm}")
    if any(against.by_ranks for against in each):
        said.append("$*$: by signed ranks (Wilcoxon), since the difference is the same each time")
    if tested < len(each):
        said.append(f"{'Without $p$: not' if tested else 'Not'} tested, for want of a common {one} or common test data")
    return said


def _bold(order: Ranked, which: str) -> str:
    more = rf", and what is not distinguishable from it ($p \geq {ALPHA}$)" if len(order.bold) > 1 else ""
    return f"Bold: the {which} mean{more}"
