"""How many times as fast as torch.nn + autograd + torch.optim.SGD: `python -m tests.benchmarks.bench_minidl`.

The network is 2-25-25-25-2 with tanh, batches of 100 of 1,000 points, SGD, float32, on one thread.
Interleaved, medians of 5.
"""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn

from src.minidl import SGD, Linear, Loop, LossMSE, Sequential, Tanh

WIDTHS, RUNS, REPEATS = (2, 25, 25, 25, 2), 50, 5


def torch_epochs(inputs: Tensor, targets: Tensor) -> Callable[[int], None]:
    """Epochs in torch.nn."""
    layers = [m for n, m in pairwise(WIDTHS) for m in (nn.Linear(n, m), nn.Tanh())]
    net, loss = nn.Sequential(*layers[:-1]), nn.MSELoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

    def epochs(count: int) -> None:
        for _ in range(count):
            for x, target in zip(inputs.split(100), targets.split(100), strict=True):
                value = loss(net(x), target)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()

    return epochs


def network(runs: int | None) -> Sequential:
    layers = [m for n, m in pairwise(WIDTHS) for m in (Linear(n, m, runs), Tanh())]
    return Sequential(*layers[:-1])


def minidl_epochs(inputs: Tensor, targets: Tensor, runs: int | None) -> Callable[[int], None]:
    """Epochs in minidl, written as in its README."""
    net, loss = network(runs), LossMSE()
    optimizer = SGD(net.parameters(), lr=0.1)

    def epochs(count: int) -> None:
        torch.set_grad_enabled(False)
        for _ in range(count):
            for x, target in zip(inputs.split(100, -2), targets.split(100, -2), strict=True):
                loss(net(x), target)
                optimizer.zero_grad()
                net.backward(loss.backward())
                optimizer.step()
        torch.set_grad_enabled(True)

    return epochs


def loop_epochs(inputs: Tensor, targets: Tensor, runs: int | None) -> Callable[[int], None]:
    """Epochs of `Loop`, that shuffles as well: with runs, each its own order."""
    net = network(runs)
    seed = 0 if runs is None else range(runs)
    loop = Loop(net, LossMSE(), SGD(net.parameters(), lr=0.1), inputs, targets, 100, seed)

    def epochs(count: int) -> None:
        torch.set_grad_enabled(False)
        loop.run(count)
        torch.set_grad_enabled(True)

    return epochs


def microseconds(epochs: Callable[[int], None], count: int) -> float:
    """Time of a step."""
    start = perf_counter()
    epochs(count)
    return (perf_counter() - start) / count / 10 * 1e6


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs = torch.rand(1000, 2)
    labels = ((inputs - 0.5).square().sum(1) < 1 / (2 * torch.pi)).float()
    targets = torch.stack((1 - labels, labels), 1)
    per_run = torch.rand(RUNS, 1000, 2)
    per_run_targets = targets.expand(RUNS, 1000, 2).contiguous()
    reference = torch_epochs(inputs, targets)
    rows = {
        "minidl": (minidl_epochs(inputs, targets, None), 40, 1),
        f"minidl, runs={RUNS}, shared data": (minidl_epochs(inputs, targets, RUNS), 5, RUNS),
        f"minidl, runs={RUNS}, a data set each": (minidl_epochs(per_run, per_run_targets, RUNS), 5, RUNS),
        "minidl.Loop": (loop_epochs(inputs, targets, None), 40, 1),
        f"minidl.Loop, runs={RUNS}, an order each": (loop_epochs(inputs, targets, RUNS), 5, RUNS),
    }
    for name, (epochs, count, networks) in rows.items():
        reference(5), epochs(count)  # warm up
        pairs = [(microseconds(reference, 30), microseconds(epochs, count) / networks) for _ in range(REPEATS)]
        theirs, mine = (median(times) for times in zip(*pairs, strict=True))
        print(f"{name:36s} {mine:6.1f} µs a step and network, torch {theirs:6.1f}: {theirs / mine:5.2f} times")
    print()
    for path in sorted((Path(__file__).parents[2] / "src/minidl").glob("*.py")):
        print(f"{path.name:20s} {len(path.read_text().splitlines()):4d} lines")


if __name__ == "__main__":
    main()
