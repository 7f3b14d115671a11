"""The native loop under Lightning, with its logger, checkpoints and callbacks, against the bare loop.

python -m tests.benchmarks.bench_disk [key=value …]     prints the medians of 5 interleaved fits, and their ratio

By the clock and, since that counts what else a busy machine does, by this process's own time on the processor.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

import torch
from omegaconf import DictConfig

from src.experiments.disk.data import DiskData
from src.experiments.disk.module import DiskModule
from src.lab.config import check, compose
from src.lab.module import build_data, build_model
from src.lab.records.folder import RunFolder
from src.lab.train import build_trainer, essentials, quiet

ROUNDS = 5


class Seconds(NamedTuple):
    """How long something took."""

    clock: float
    processor: float


def timed(call: Callable[[], object]) -> Seconds:
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return Seconds(time.perf_counter() - clock, time.process_time() - processor)


def under_lightning(cfg: DictConfig) -> Seconds:
    data, model = build_data(cfg), build_model(cfg, check(cfg))
    data.setup("fit")
    with quiet():
        trainer = build_trainer(cfg, essentials(cfg, RunFolder(cfg.job.folder)))
        return timed(lambda: trainer.fit(model, data))


def bare(cfg: DictConfig) -> Seconds:
    data, model = build_data(cfg), build_model(cfg, check(cfg))
    assert isinstance(data, DiskData) and isinstance(model, DiskModule)
    data.setup("fit")
    assert data.splits is not None
    loop = model.native_loop(data.splits.train)
    with torch.no_grad():
        return timed(lambda: loop.run(cfg.epochs))


def main() -> None:
    torch.set_num_threads(1)
    cfg = compose("model=disk_tanh", "model.epochs_per_step=50", "epochs=1000", "trainer=cpu", *sys.argv[1:])
    lightning, native = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            cfg.job.folder = folder
            lightning.append(under_lightning(cfg))
            native.append(bare(cfg))
    for by in Seconds._fields:
        ours, theirs = ([getattr(seconds, by) for seconds in each] for each in (lightning, native))
        ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
        medians = f"under Lightning {statistics.median(ours):.2f} s, the bare loop {statistics.median(theirs):.2f} s"
        print(f"{by:10} {medians}, ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
