"""The differences of groups to a baseline, seed by seed, and what is lost of them. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ..report import lost
from ..report.chosen import finite
from ..report.fingerprints import FINGERPRINT, on_other_data
from ..report.significance import Values
from .contest import Contest

MOST_LOST = 0.5  # of the seeds; what is left of fewer says little of a group


def paired(
    runs: pl.DataFrame, contests: Sequence[Contest], baseline: str, metric: str, seeds: int
) -> dict[str, Values]:
    """By group, its figure less that of the baseline, in the order of the seeds. Writes down in the contests how many
    of the seeds gave no figure, and why a group can't be compared.

    Args:
        runs: the groups' and the baseline's, of these seeds.
        contests: the groups.
        baseline: what they are compared with.
        metric: in which.
        seeds: how many there are.
    """
    told = lost.ways(finite(runs, [metric]), metric).sort("seed")
    told = told.select("group", "seed", metric, "way", *(name for name in FINGERPRINT if name in runs.columns))
    theirs = told.filter(pl.col("group") == baseline)
    found = {}
    for contest in contests:
        own = told.filter(pl.col("group") == contest.group)
        both = own.join(theirs, on="seed", maintain_order="left")
        both = both.filter(pl.col("way").is_null() & pl.col("way_right").is_null())
        contest.seeds, contest.lost = seeds, (lost.count(own), lost.count(theirs))
        if on_other_data(both):
            contest.stopped = "they were tested on other data"
        elif both.height < MOST_LOST * seeds:
            contest.stopped = "too few of the seeds gave a figure"
        found[contest.group] = (both[metric] - both[f"{metric}_right"]).to_numpy()
    return found
