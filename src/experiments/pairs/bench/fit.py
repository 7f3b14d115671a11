"""A fit of report B's best model, as this project trains it and by hand on the same data path."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import torch
from omegaconf import DictConfig
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from src.lab.bench.race import clock, processor
from src.lab.config import check, compose
from src.lab.module import build_data, build_model
from src.lab.records.folder import RunFolder
from src.lab.seeding import epoch_order, stream
from src.lab.trainer import build_trainer, essentials, quiet

from .. import mnist
from ..data import EVAL_BATCH, Pairs, draw_pairs
from ..module import PairsModule
from . import plain, template

EPOCHS, PRODUCT = 8, 1024


def configuration(folder: Path) -> DictConfig:
    cfg = compose("model=ws_aux_bn_dropout", "trainer=cpu", f"epochs={EPOCHS}")
    cfg.job.folder = str(folder)
    return cfg


def under_lightning(folder: Path, threads: int) -> float:
    """With its logger, its checkpoints and its callbacks."""
    return _fit(folder, threads, clock)


def on_the_processor(folder: Path, threads: int) -> float:
    """The same in this process's own time, of all its threads."""
    return _fit(folder, threads, processor)


def _fit(folder: Path, threads: int, measure: Callable[[Callable[[], object]], float]) -> float:
    torch.set_num_threads(threads)
    cfg = configuration(folder)
    data, model = build_data(cfg), build_model(cfg, check(cfg))
    data.setup("fit")
    with quiet():
        trainer = build_trainer(cfg, essentials(cfg, RunFolder(cfg.job.folder)))
        return measure(lambda: trainer.fit(model, data))


def by_hand(folder: Path, threads: int) -> float:
    """A loop on the same network, in the same memory format, of the same slices of memory."""
    torch.set_num_threads(threads)
    model = build_model(cfg := configuration(folder), check(cfg))
    assert isinstance(model, PairsModule)
    splits, network = draw_pairs(mnist.mnist20k(), 0, 1000, 1000, 1000), model.network
    optimizer = torch.optim.Adadelta(network.parameters(), lr=1.0)

    def loss_of(batch: Pairs) -> torch.Tensor:
        prediction = network(batch.images)
        digits = functional.cross_entropy(prediction.digits.flatten(0, 1), batch.classes.flatten())
        return functional.cross_entropy(prediction.pair, batch.target) + 2 * digits

    def train() -> None:
        for epoch in range(EPOCHS):
            torch.manual_seed(stream(0, epoch, 0))
            network.train()
            order = epoch_order(1000, 0, epoch)
            for i in range(0, 1000, 100):
                loss = loss_of(Pairs(*(tensor[order[i : i + 100]] for tensor in splits.train)))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            network.eval()
            with torch.no_grad():
                for i in range(0, 1000, EVAL_BATCH):
                    loss_of(Pairs(*(tensor[i : i + EVAL_BATCH] for tensor in splits.val))).item()

    return clock(train)


def plainly(folder: Path, threads: int) -> float:
    torch.set_num_threads(threads)
    return clock(lambda: plain.train(str(mnist.MNIST20K), 0, EPOCHS))


def by_template(folder: Path, threads: int) -> float:
    torch.set_num_threads(threads)
    with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        return clock(lambda: template.train(str(mnist.MNIST20K), 0, EPOCHS, str(folder)))


def multiplications(folder: Path, threads: int) -> float:
    """Seconds that the fit's convolutions and products would take at the speed of a large product on this core."""
    torch.set_num_threads(threads)
    model = build_model(cfg := configuration(folder), check(cfg))
    assert isinstance(model, PairsModule)
    images = torch.randn(100, 2, 14, 14)
    with FlopCounterMode(display=False) as step:
        prediction = model(images)
        (prediction.pair.sum() + prediction.digits.sum()).backward()
    with FlopCounterMode(display=False) as validation, torch.no_grad():
        model(images)
    flops: int = EPOCHS * 10 * (step.get_total_flops() + validation.get_total_flops())
    a, b = torch.randn(2, PRODUCT, PRODUCT)
    torch.mm(a, b)
    speed = 2 * PRODUCT**3 / (clock(lambda: [torch.mm(a, b) for _ in range(20)]) / 20)
    return flops / speed
