"""The differences of groups to a baseline, seed by seed, and what is lost of them. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..report.chosen import finite
from ..report.compare import completed, differences
from .contest import Contest

MOST_LOST = 0.5  # of the seeds; what is left of fewer says little of a group


def paired(
    runs: pl.DataFrame, contests: Sequence[Contest], baseline: str, metric: str, seeds: int
) -> dict[str, NDArray[np.float64]]:
    """By group, its figure less that of the baseline, in the order of the seeds. Writes down in the contests how many
    of the seeds gave no figure, and why a group can't be compared.

    Args:
        runs: the groups' and the baseline's, of these seeds.
        contests: the groups.
        baseline: what they are compared with.
        metric: in which.
        seeds: how many there are.
    """
    good = completed(finite(runs, [metric]), metric).sort("seed")
    others = differences(good, baseline, metric) if baseline in good["group"] else None
    on_other_data = set(others.filter("other_data")["group"]) if others is not None else set()
    theirs = good.filter(pl.col("group") == baseline).select("seed", pl.col(metric).alias("baseline"))
    found = {}
    for contest in contests:
        own = good.filter(pl.col("group") == contest.group).select("seed", metric)
        both = own.join(theirs, on="seed", maintain_order="left")
        contest.seeds, contest.lost = seeds, (seeds - own.height, seeds - theirs.height)
        if contest.group in on_other_data:
            contest.stopped = "they were tested on other data"
        elif both.height < MOST_LOST * seeds:
            contest.stopped = "too few of the seeds gave a figure"
        found[contest.group] = (both[metric] - both["baseline"]).to_numpy()
    return found
