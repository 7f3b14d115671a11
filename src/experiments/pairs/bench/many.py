"""More pairs than MNIST has: what an epoch costs, in seconds and in memory. The digits are noise.

python -m src.experiments.pairs.bench.many pairs epochs folder      prints seconds of the fit, and MB at their most
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import torch

from src.lab.bench.growth import Growth
from src.lab.bench.race import clock
from src.lab.config import check, compose
from src.lab.module import build_model
from src.lab.places import ROOT
from src.lab.records.folder import RunFolder
from src.lab.trainer import build_trainer, essentials, quiet

from ..data import PairsData, Splits, draw_pairs
from ..mnist import MNIST, Digits

FITTED = [1_000, 10_000, 100_000]
DRAWN = [*FITTED, 1_000_000]


class Noise(PairsData):
    """As many pairs as are asked for."""

    def draw(self) -> Splits:
        train, val, test = self.counts
        return draw_pairs(MNIST(_noise(2 * (train + val)), _noise(2 * test)), self.seed, *self.counts)


def _noise(count: int) -> Digits:
    return Digits(torch.randint(256, (count, 28, 28), dtype=torch.uint8), torch.randint(10, (count,)))


def main(pairs: int, epochs: int, folder: str) -> None:
    torch.set_num_threads(1)
    cfg = compose("model=ws_aux_bn_dropout", "trainer=cpu", f"epochs={max(1, epochs)}")
    cfg.job.folder = folder
    data, model = Noise(0, train_pairs=pairs), build_model(cfg, check(cfg))
    data.setup("fit")
    with quiet():
        trainer = build_trainer(cfg, essentials(cfg, RunFolder(folder)))
        seconds = clock(lambda: trainer.fit(model, data)) if epochs else 0.0
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


def _measured(pairs: int, epochs: int, folder: Path) -> tuple[float, float]:
    module = [sys.executable, "-m", "src.experiments.pairs.bench.many", str(pairs), str(epochs), str(folder)]
    said = subprocess.run(module, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    seconds, size = map(float, said.split()[-2:])
    return seconds, size


GROWTHS = [
    Growth(
        "pairs_seconds",
        "an epoch of ws_aux_bn_dropout under Lightning, with its 1,000 validation pairs",
        "training pairs",
        FITTED,
        {"fit": lambda pairs, folder: _measured(pairs, 1, folder)[0]},
        rounds=1,
    ),
    Growth(
        "pairs_memory",
        "the most memory of a process that draws so many pairs of its own digits",
        "training pairs",
        DRAWN,
        {
            "drawn": lambda pairs, folder: _measured(pairs, 0, folder)[1],
        },
        unit="MB",
        rounds=1,
    ),
]

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
