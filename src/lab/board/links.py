"""A folder of links to event files, which TensorBoard reads in the place of the runs' own. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .found import Found, below
from .names import names
from .told import swept, told


class Links:
    """Links that are called what their runs are: TensorBoard names a run by its path. Nothing is copied.

    Args:
        folder: that the links are made in.
        shown: the folders of runs or sweeps to look for event files in, at any depth.

    Attributes:
        found: what there was at the last look.
        swept: what was not told all of these runs alike.
    """

    def __init__(self, folder: Path, shown: Sequence[Path]) -> None:
        self.folder = folder
        self.shown = shown
        self.made: dict[str, Path] = {}
        self.update()

    def update(self) -> None:
        """Looks again: a sweep that is at work has more runs from minute to minute."""
        self.found: Found = below(self.shown)
        runs = told(self.found.events)
        self.swept = swept(runs.values())
        wanted = names(self.found.events, runs)
        for name in [name for name, target in self.made.items() if wanted.get(name) != target]:
            (self.folder / name).unlink()
            del self.made[name]
        for name, target in wanted.items():
            if name not in self.made:
                (self.folder / name).symlink_to(target, target_is_directory=True)
                self.made[name] = target
