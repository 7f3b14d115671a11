"""The native loop under Lightning, with its logger, checkpoints and callbacks, against the bare loop.

python -m tests.benchmarks.bench_disk [key=value …]     prints both medians of 5 interleaved fits, and the ratio
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig

from src import experiment
from src.config import compose
from src.data.disk import DiskData

ROUNDS = 5


def under_lightning(cfg: DictConfig) -> float:
    data, model, trainer = instantiate(cfg.data), experiment.build_model(cfg), experiment.build_trainer(cfg)
    data.setup("fit")
    start = time.perf_counter()
    trainer.fit(model, data)
    return time.perf_counter() - start


def bare(cfg: DictConfig) -> float:
    data: DiskData = instantiate(cfg.data)
    data.setup("fit")
    assert data.splits is not None
    loop = experiment.build_model(cfg).native_loop(data.splits.train)
    start = time.perf_counter()
    with torch.no_grad():
        loop.run(cfg.epochs)
    return time.perf_counter() - start


def main() -> None:
    torch.set_num_threads(1)
    cfg = compose("model=disk_tanh", "model.epochs_per_step=50", "epochs=1000", "trainer=cpu", *sys.argv[1:])
    lightning, native = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            cfg.job.folder = folder
            lightning.append(under_lightning(cfg))
            native.append(bare(cfg))
    ratio = statistics.median(one / other for one, other in zip(lightning, native, strict=True))
    print(f"under Lightning {statistics.median(lightning):.2f} s, the bare loop {statistics.median(native):.2f} s")
    print(f"ratio {ratio:.3f}, median of {ROUNDS} interleaved")


if __name__ == "__main__":
    main()
