"""What was decided of groups, in lines and sentences that hold after several looks. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ..records.metrics import Meaning, behind, decimals, fixed
from ..report import lost
from ..report.pvalues import DASH, p_said, p_value
from ..report.tables import Cells, heading
from .contest import Contest, Question
from .record import Design

MOST_DIGITS = 12


def line(contest: Contest, question: Question, planned: Sequence[int], meaning: Meaning) -> str:
    """`24 seeds · small +0.12 (-0.03 to 0.27) · goes on, about 60 more`."""
    said = [f"{contest.seeds} seeds", contest.group]
    if contest.stopped or not contest.looks:
        return " · ".join([*said, contest.stopped or "nothing to compare yet, goes on"])
    said[1] += f" {figures(contest, question, meaning)}"
    if contest.verdict:
        return " · ".join([*said, verdict(contest, question, meaning)])
    if contest.seeds == planned[-1]:
        return " · ".join([*said, "undecided"])
    more = contest.more(question, planned)
    needed = f"about {more} more" if more else f"more than the {planned[-1]} seeds may be needed"
    return " · ".join([*said, f"goes on, {needed}"])


def figures(contest: Contest, question: Question, meaning: Meaning) -> str:
    """`+0.12 (-0.03 to 0.27)`: the mean difference and its interval, with as many digits as tell whether it holds 0."""
    mean, (low, high) = contest.looks[-1].mean, contest.interval(question)
    if not contest.looks[-1].std:
        return f"{fixed(mean, decimals(mean, meaning.unit), '+')} on every seed"
    digits = decimals((high - low) / 2, meaning.unit)
    while contest.verdict and digits < MOST_DIGITS and not all(float(fixed(end, digits)) for end in (low, high)):
        digits += 1
    return f"{fixed(mean, digits, '+')} ({fixed(low, digits)} to {fixed(high, digits)})"


def verdict(contest: Contest, question: Question, meaning: Meaning) -> str:
    """`better`, `worse`, `within 0.2`, `undecided`, or why it isn't compared; where no direction is better, `higher` or
    `lower`.
    """
    if contest.stopped:
        return "not compared"
    if contest.verdict == "within":
        return f"within {question.margin:g}"
    if contest.verdict is None or meaning.better is None:
        return contest.verdict or "undecided"
    said = "better" if contest.verdict == meaning.better else "worse"
    return said if _clean(contest, meaning) else f"{said} where both have a figure"


def sentence(contest: Contest, baseline: str, question: Question, meaning: Meaning) -> str:
    """What came of a group."""
    group, seeds = contest.group, contest.seeds
    unit = behind(meaning.unit)
    left_out = _left_out(contest, baseline)
    if contest.stopped or not contest.looks:
        return f"{group} is not compared with {baseline}: {contest.stopped or 'nothing could be looked at'}{left_out}"
    found = figures(contest, question, meaning)
    looks = f"{len(contest.looks)} look{'s' * (len(contest.looks) > 1)}"
    decided, sure = f"decided with {seeds} seeds in {looks}", p_said(contest.p(question))
    if contest.verdict == "within":
        said = f"{group} is within {question.margin:g}{unit} of {baseline}: {found}, {decided}"
    elif contest.verdict:
        first, second = (group, baseline) if _wins(contest, meaning) else (baseline, group)
        verb = "beats" if meaning.better else "is higher than"
        if not _clean(contest, meaning):
            first, verb = f"where both have a figure, {first}", "is better than"
        said = f"{first} {verb} {second}: {group} differs by {found}{unit}, {decided}, {sure}"
    else:
        nor = f", nor surely within {question.margin:g}{unit}," if question.margin else ""
        said = f"{group} and {baseline} are undecided{nor} after {seeds} seeds and {looks}: {found}{unit}, {sure}"
    return said + left_out


def _wins(contest: Contest, meaning: Meaning) -> bool:
    """Whether the group is the better one, or the higher one where no direction is better."""
    return contest.verdict == (meaning.better or "higher")


def _clean(contest: Contest, meaning: Meaning) -> bool:
    """Whether the better one has figures of nearly all its seeds: one of few that are left wins nothing."""
    own, theirs = contest.lost
    return meaning.better is None or lost.share(own if _wins(contest, meaning) else theirs) <= lost.CLEAN


def _left_out(contest: Contest, baseline: str) -> str:
    """Whose seeds gave no figure, which may be what matters most."""
    both = zip((contest.group, baseline), contest.lost, strict=True)
    missing = " and ".join(filter(None, (lost.told(name, counts, "seed") for name, counts in both)))
    return f"; {missing}, left out" if missing else ""


def cells(contests: Sequence[Contest], baseline: str, metric: str, question: Question, meaning: Meaning) -> Cells:
    """A row a group: how many seeds it had, and what was decided."""
    interval = f"{100 * (1 - question.alpha):g} % interval"
    against = f"against {baseline}: {heading(metric, meaning)}"
    rows = [[against, "decided", "seeds", "looks", f"difference ({interval})", "p"]]
    for each in contests:
        compared = bool(each.looks) and not each.stopped
        shown = [figures(each, question, meaning), p_value(each.p(question))] if compared else [DASH, DASH]
        rows.append([each.group, verdict(each, question, meaning), str(each.seeds), str(len(each.looks)), *shown])
    return rows


def how(question: Question) -> str:
    """What the figures mean."""
    sure = f"{100 * (1 - question.alpha):g} %"
    return (
        f"The intervals hold with {sure} after all looks, and the p-values for all groups too. A report over the same "
        "runs takes the seeds for a fixed number: its p-values are too small."
    )


def cost(runs: pl.DataFrame) -> str:
    """`98 runs, 0.4 hours of them`."""
    folders = runs.unique("folder")
    seconds = float(folders["seconds"].drop_nulls().sum())
    spent = f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.1f} minutes"
    return f"It took {len(folders)} runs, which lasted {spent} together."


def looked_before(earlier: Sequence[Design], question: Question) -> list[str]:
    """Where the same runs were looked at by other designs, with which error all of them hold together."""
    if not earlier:
        return []
    error = 100 * min(1.0, question.alpha + sum(each.alpha for each in earlier))
    before = f"{times(len(earlier))} before in another way ({_ways(earlier)})"
    return [
        f"These seeds were looked at {before}: over all of them, something is decided wrongly with up to {error:.3g} %."
    ]


def times(count: int) -> str:
    """`once`, `11 times`."""
    return "once" if count == 1 else f"{count} times"


def _ways(earlier: Sequence[Design]) -> str:
    return "; ".join(
        f"at most {each.most} seeds, alpha {each.alpha:g}" + (f", margin {each.margin:g}" if each.margin else "")
        for each in earlier
    )
