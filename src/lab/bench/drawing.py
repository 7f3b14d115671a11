"""What the dashboard costs a run of the default model."""

from __future__ import annotations

from pathlib import Path

from omegaconf import OmegaConf

from .. import train
from ..config import compose

EPOCHS = 5


def drawn(folder: Path, threads: int) -> float:
    """Seconds of a run with every figure."""
    return _run(folder, threads, "always")


def undrawn(folder: Path, threads: int) -> float:
    """The same with no dashboard at all."""
    return _run(folder, threads, "never")


def _run(folder: Path, threads: int, figures: str) -> float:
    cfg = compose("trainer=cpu", f"epochs={EPOCHS}", f"figures={figures}", f"threads={threads}")
    cfg.job.folder = str(folder)
    if figures == "never":
        OmegaConf.set_struct(cfg.callbacks, False)
        del cfg.callbacks["vitals"], cfg.callbacks["dashboard"]
    seconds: float = train.run(cfg)["seconds"]["total"]
    return seconds
