"""minidl's loop: one network, fifty at once, and under Lightning."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import mean

import torch
from omegaconf import DictConfig
from torch import Tensor, nn

from src.lab.bench import race
from src.lab.config import check, compose
from src.lab.module import build_data, build_model
from src.lab.records.folder import RunFolder
from src.lab.trainer import build_trainer, essentials, quiet
from src.minidl import SGD, Linear, Loop, LossMSE, Sequential, Tanh

from ..data import DiskData
from ..module import DiskModule
from . import student, torch_nn

EPOCHS, RUNS = 200, 50
HOSTED_EPOCHS = 1000
STUDY_RUNS, TIMED = 500, 6  # of report B's study, and how many of them are timed in torch.nn


@cache
def points() -> tuple[Tensor, Tensor]:
    inputs = torch.rand(1000, 2, generator=torch.Generator().manual_seed(0))
    labels = ((inputs - 0.5).square().sum(1) < 1 / (2 * torch.pi)).float()
    return inputs, torch.stack((1 - labels, labels), 1)


def loop(runs: int | None, widths: tuple[int, ...] = torch_nn.WIDTHS, batch_size: int = 100, lr: float = 0.1) -> Loop:
    """In an order of its own each epoch and, with runs, each network in its own."""
    net = Sequential(*[layer for n, m in pairwise(widths) for layer in (Linear(n, m, runs), Tanh())][:-1])
    seed = 0 if runs is None else range(runs)
    return Loop(net, LossMSE(), SGD(net.parameters(), lr=lr), *points(), batch_size, seed)


def seconds(trained: Loop, epochs: int) -> float:
    """After one epoch, in which it makes its buffers."""
    with torch.no_grad():
        trained.run(1)
        return race.clock(lambda: trained.run(epochs))


def one(folder: Path, threads: int) -> float:
    torch.set_num_threads(threads)
    return seconds(loop(None), EPOCHS)


def fifty(folder: Path, threads: int) -> float:
    """A network's share."""
    torch.set_num_threads(threads)
    return seconds(loop(RUNS), EPOCHS // 4) * 4 / RUNS


def in_torch(folder: Path, threads: int) -> float:
    torch.set_num_threads(threads)
    net = torch_nn.network()
    torch_nn.train(net, *points(), 1)
    return race.clock(lambda: torch_nn.train(net, *points(), EPOCHS))


def by_student(folder: Path, threads: int) -> float:
    torch.set_num_threads(threads)
    with torch.no_grad():
        net = student.network(torch_nn.WIDTHS)
        return race.clock(lambda: student.train(net, *points(), EPOCHS))


def hosted(folder: Path, threads: int) -> float:
    """With Lightning's logger, checkpoints and callbacks; fifty epochs a step."""
    cfg, data, model = _parts(folder, threads)
    with quiet():
        trainer = build_trainer(cfg, essentials(cfg, RunFolder(cfg.job.folder)))
        return race.processor(lambda: trainer.fit(model, data))


def bare(folder: Path, threads: int) -> float:
    _, data, model = _parts(folder, threads)
    assert data.splits is not None
    native = model.native_loop(data.splits.train)
    with torch.no_grad():
        return race.processor(lambda: native.run(HOSTED_EPOCHS))


def study(folder: Path, threads: int) -> float:
    """Five learning rates × two activations × fifty runs, the whole command. Networks that diverge are a row."""
    return race.command("-m", "src.train", "sweep=disk_learning_rate", f"hydra.sweep.dir={folder}", check=False)


def study_in_torch(folder: Path, threads: int) -> float:
    """A start of Python, and one run after another: a few are timed, and multiplied."""
    torch.set_num_threads(threads)
    cfg = compose("model=disk_tanh", "sweep=disk_learning_rate")
    start = race.command("-c", "import torch")

    def run(seed: int) -> float:
        activation = (nn.Tanh, nn.ReLU)[seed % 2]
        return race.clock(lambda: torch_nn.run(seed, activation, cfg.epochs, cfg.data.batch_size))

    return start + STUDY_RUNS * mean(run(seed) for seed in range(TIMED))


def _parts(folder: Path, threads: int) -> tuple[DictConfig, DiskData, DiskModule]:
    torch.set_num_threads(threads)
    cfg = compose("model=disk_tanh", "model.epochs_per_step=50", f"epochs={HOSTED_EPOCHS}", "trainer=cpu")
    cfg.job.folder = str(folder)
    data, model = build_data(cfg), build_model(cfg, check(cfg))
    assert isinstance(data, DiskData) and isinstance(model, DiskModule)
    data.setup("fit")
    return cfg, data, model
