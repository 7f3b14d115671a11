"""How networks learned, as a figure. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from src.lab.dashboard.style import BLUE, VERMILLION, over_epochs, sheet, styled


@styled
def history(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]], runs: int = 1, kept: Sequence[int] = ()
) -> Figure:
    """Loss and error over the epochs, of training and validation, with the band over the networks trained at once.

    Args:
        curves: by `train/loss`, `val/error` and so on, after how many epochs it was measured and, for each, the mean
            over the networks and their std.
        runs: how many networks.
        kept: how many of them the means are over, wherever they were taken; empty is all.
    """
    figure = sheet(11, 4.2)
    for ax, (name, label) in zip(figure.subplots(1, 2), (("loss", "loss"), ("error", "error (%)")), strict=True):
        for split, colour, line in ("train", BLUE, "-"), ("val", VERMILLION, "--"):
            epochs, mean, std = map(np.asarray, curves[f"{split}/{name}"])
            ax.plot(epochs, mean, line, color=colour, label={"train": "training", "val": "validation"}[split])
            if runs > 1:
                ax.fill_between(epochs, mean - std, mean + std, color=colour, alpha=0.2, linewidth=0)
        over_epochs(ax)
        ax.set_ylabel(label)
        ax.set_ylim(bottom=0)
        ax.legend()
    if runs > 1:
        least, most = (min(kept), max(kept)) if kept else (runs, runs)
        some = f"{least}" if least == most else f"{least} to {most}"
        lost = f" of {runs} networks: the others diverged" if least < runs else " networks"
        figure.suptitle(f"Mean ± std over {some}{lost}", fontsize=12)
    return figure
