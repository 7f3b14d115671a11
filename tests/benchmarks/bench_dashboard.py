"""A fit with everything drawn against the same fit with no dashboard at all, and how large the files are.

python -m tests.benchmarks.bench_dashboard [override …]   prints the medians of 5 interleaved runs, and the ratio
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from src.lab import train
from src.lab.config import compose

ROUNDS = 5


def run(folder: Path, figures: bool, overrides: list[str]) -> dict[str, Any]:
    """The seconds of a run: of its fit, and of all."""
    cfg = compose("trainer=cpu", f"figures={'always' if figures else 'never'}", *overrides)
    cfg.job.folder = str(folder)
    if not figures:
        OmegaConf.set_struct(cfg.callbacks, False)
        del cfg.callbacks["vitals"], cfg.callbacks["dashboard"]
    seconds: dict[str, Any] = train.run(cfg)["seconds"]
    return seconds


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    on, off, overrides = [], [], sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder, "first"), True, [*overrides, "epochs=1"])  # imports what is imported once
        for i in range(ROUNDS):
            on.append(run(Path(folder, f"on{i}"), True, overrides))
            off.append(run(Path(folder, f"off{i}"), False, overrides))
        shown = Path(folder, "on0")
        sizes = {name: size(shown / name) for name in ("tensorboard", "figures")} | {"the whole run": size(shown)}
    for part in "fit", "total":
        with_it, without = ([each[part] for each in some] for some in (on, off))
        ratio = statistics.median(one / other for one, other in zip(with_it, without, strict=True))
        medians = f"{statistics.median(with_it):.2f} s with, {statistics.median(without):.2f} s without"
        print(f"{part}: {medians}, ratio {ratio:.3f}, median of {ROUNDS} interleaved")
    print(", ".join(f"{name} {bytes_ / 1e6:.2f} MB" for name, bytes_ in sizes.items()))


if __name__ == "__main__":
    main()
