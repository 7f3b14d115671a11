"""Report B's study in one command, against the same networks in torch.nn, one run after another.

python -m tests.benchmarks.bench_study [epochs=… …]

Five learning rates × two activations × fifty runs. The command is timed whole: start-up, sweep, tests, areas, table.
Of the 500 runs in torch.nn a few are timed, interleaved over the activations, with a validation every ten epochs as
the command has; their mean is multiplied by 500, and one start of Python with torch is added.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from statistics import mean

import torch
from torch import nn

from src.experiments.disk.data import draw_points
from src.lab.config import compose

COMMAND = [sys.executable, "-m", "src.train", "sweep=disk_learning_rate"]
RUNS, TIMED, LEARNING_RATE = 500, 6, 0.1


def timed_command(*command: str) -> float:
    start = time.perf_counter()
    # a learning rate at which every network diverges makes the sweep's exit status 1
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def single_run(seed: int, activation: type[nn.Module], epochs: int, batch_size: int) -> float:
    """Seconds of one run in torch.nn, on one thread."""
    start = time.perf_counter()
    torch.manual_seed(seed)
    splits = draw_points(seed, (1000, 1000, 1000), "one_hot", standardize=True)
    layers = [layer for n, m in pairwise((2, 25, 25, 25, 2)) for layer in (nn.Linear(n, m), activation())]
    net, loss = nn.Sequential(*layers[:-1]), nn.MSELoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=LEARNING_RATE)
    for epoch in range(epochs):
        order = torch.randperm(1000)
        inputs, targets = splits.train.inputs[order], splits.train.targets[order]
        for x, target in zip(inputs.split(batch_size), targets.split(batch_size), strict=True):
            optimizer.zero_grad()
            loss(net(x), target).backward()
            optimizer.step()
        if epoch % 10 == 9 or epoch + 1 == epochs:
            with torch.no_grad():
                for points in splits[:3]:
                    (net(points.inputs).argmax(-1) != points.targets.argmax(-1)).float().mean().item()
    return time.perf_counter() - start


def main() -> None:
    torch.set_num_threads(1)
    cfg = compose("model=disk_tanh", "sweep=disk_learning_rate", *sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        ours = timed_command(*COMMAND, f"hydra.sweep.dir={folder}", *sys.argv[1:])
    start_up = timed_command(sys.executable, "-c", "import torch")
    activations = [nn.Tanh, nn.ReLU]
    each = [single_run(seed, activations[seed % 2], cfg.epochs, cfg.data.batch_size) for seed in range(TIMED)]
    theirs = start_up + RUNS * mean(each)
    print(f"one command {ours:.1f} s; torch.nn {mean(each):.2f} s a run, {theirs:.0f} s for {RUNS} (from {TIMED} runs)")
    print(f"ratio {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
