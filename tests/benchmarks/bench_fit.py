"""A fit under Lightning, with its logger, checkpoints and callbacks, against the same training written by hand.

python -m tests.benchmarks.bench_fit [model]      prints both medians of 5 interleaved fits, and the ratio
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig
from torch.nn import functional

from src.experiments.pairs import mnist
from src.experiments.pairs.data import EVAL_BATCH, Pairs, draw_pairs
from src.lab.config import check, compose
from src.lab.module import build_data, build_model
from src.lab.records.folder import RunFolder
from src.lab.seeding import epoch_order, stream
from src.lab.train import build_trainer, essentials, quiet

ROUNDS = 5


def under_lightning(cfg: DictConfig) -> float:
    data, model = build_data(cfg), build_model(cfg, check(cfg))
    data.setup("fit")
    with quiet():
        trainer = build_trainer(cfg, essentials(cfg, RunFolder(cfg.job.folder)))
        start = time.perf_counter()
        trainer.fit(model, data)
        return time.perf_counter() - start


def by_hand(cfg: DictConfig) -> float:
    splits = draw_pairs(mnist.mnist20k(), 0, 1000, 1000, 1000)
    torch.manual_seed(0)
    network = instantiate(cfg.model.network).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adadelta(network.parameters(), lr=1.0)

    def loss_of(batch: Pairs) -> torch.Tensor:
        prediction = network(batch.images)
        loss = functional.cross_entropy(prediction.pair, batch.target)
        if cfg.model.aux_weight:
            classes = batch.classes.flatten()
            loss = loss + 2 * cfg.model.aux_weight * functional.cross_entropy(prediction.digits.flatten(0, 1), classes)
        return loss

    start = time.perf_counter()
    for epoch in range(cfg.epochs):
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
                loss_of(Pairs(*(tensor[i : i + EVAL_BATCH] for tensor in splits.val)))
    return time.perf_counter() - start


def main() -> None:
    torch.set_num_threads(1)
    model = sys.argv[1] if len(sys.argv) > 1 else "ws_aux_bn_dropout"
    lightning, hand = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            cfg = compose(f"model={model}", "trainer=cpu")
            cfg.job.folder = folder
            lightning.append(under_lightning(cfg))
            hand.append(by_hand(cfg))
    ratio = statistics.median(one / other for one, other in zip(lightning, hand, strict=True))
    print(f"{model}: under Lightning {statistics.median(lightning):.2f} s, by hand {statistics.median(hand):.2f} s")
    print(f"ratio {ratio:.3f}, median of {ROUNDS} interleaved")


if __name__ == "__main__":
    main()
