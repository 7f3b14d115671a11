"""Who is best, and whom that is not certain of. Imports no torch."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..content import Content
from ..significance import ALPHA


class Against(NamedTuple):
    """What a group's difference is worth: see `compare.differences`.

    Attributes:
        p: corrected; by the t test or, where that can't tell since all differences are the same, by ranks. None where
            too few seeds are in common.
    """

    difference: float | None
    half: float | None
    p: float | None
    by_ranks: bool

    @property
    def decided(self) -> bool:
        return self.p is not None and self.p < ALPHA


class Ranked(NamedTuple):
    """What the groups are compared with, and what came of it.

    Attributes:
        best: the group; None where no direction is better, or nothing was measured.
        reference: the best or else the baseline; None where nothing is compared.
        against: by group, for all but the reference.
    """

    best: str | None
    reference: str | None
    against: dict[str, Against]

    @property
    def decided(self) -> set[str]:
        """The groups that surely differ from the reference."""
        return {group for group, each in self.against.items() if each.decided}

    @property
    def bold(self) -> set[str]:
        """The best, and what was tested against it and is not distinguishable from it."""
        if self.best is None:
            return set()
        return {self.best, *(group for group, each in self.against.items() if each.p is not None and not each.decided)}


def ranked(report: Content) -> Ranked:
    """The comparison with the best group, whichever the report's baseline is."""
    measured = [group for group, n in report.summary.select("group", "n").iter_rows() if n]
    best = measured[0] if measured and report.meaning.better else None
    if report.missing or len(measured) < 2:
        return Ranked(best, None, {})
    reference = best or report.baseline
    table = report.differences if reference == report.baseline else report.against(reference)
    return Ranked(best, reference, {row["group"]: _against(row) for row in table.iter_rows(named=True)})


def _against(row: dict[str, Any]) -> Against:
    by_ranks = row["p_t"] is None and row["p_wilcoxon"] is not None
    return Against(row["difference"], row["half"], row["p_wilcoxon" if by_ranks else "p_t"], by_ranks)
