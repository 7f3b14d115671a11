"""A LightningModule and data that know nothing of the two experiments here, in the same house."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from omegaconf import open_dict
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from src.lab import train as experiment
from src.lab.config import compose
from src.lab.data import Batches, InMemory, permutation
from src.lab.report.report import Report, load


class Samples(NamedTuple):
    x: Tensor
    y: Tensor


class Splits(NamedTuple):
    train: Samples
    val: Samples
    test: Samples


class LineData(InMemory[Splits]):
    def __init__(self, seed: int, batch_size: int) -> None:
        super().__init__()
        self.seed, self.batch_size = seed, batch_size

    def draw(self) -> Splits:
        x = torch.randn(3, 50, 1, generator=torch.Generator().manual_seed(self.seed))
        return Splits(*(Samples(each, 2 * each + 1) for each in x))

    def train_dataloader(self) -> Batches[Samples]:
        return Batches(self.on_device("train"), self.batch_size, lambda: permutation(50, self.seed, 0))

    def val_dataloader(self) -> Batches[Samples]:
        return Batches(self.on_device("val"), self.batch_size)

    def test_dataloader(self) -> Batches[Samples]:
        return Batches(self.on_device("test"), self.batch_size)


class Line(LightningModule):
    def __init__(self, network: nn.Module, optimizer: Callable[..., Any], schedule: None) -> None:
        super().__init__()
        self.network, self.make_optimizer = network, optimizer

    def training_step(self, batch: Samples, batch_idx: int) -> Tensor:
        return self.measure("train", batch)

    def validation_step(self, batch: Samples, batch_idx: int) -> None:
        self.measure("val", batch)

    def test_step(self, batch: Samples, batch_idx: int) -> None:
        self.measure("test", batch)

    def measure(self, split: str, batch: Samples) -> Tensor:
        loss = (self.network(batch.x) - batch.y).square().mean()
        for name in "loss", "error":
            self.log(f"{split}/{name}", loss, on_step=False, on_epoch=True, batch_size=len(batch.x))
        return loss

    def configure_optimizers(self) -> Any:
        return self.make_optimizer(self.parameters())


def test_an_experiment_of_ones_own_has_all_but_pictures(tmp_path: Path) -> None:
    for seed in 0, 1:
        cfg = compose("optimizer=sgd", "epochs=20", "trainer=cpu", f"seed={seed}", "figures=always")
        with open_dict(cfg):
            cfg.data = {"_target_": f"{__name__}.LineData", "seed": seed, "batch_size": 10}
            cfg.model.network = {"_target_": "torch.nn.Linear", "in_features": 1, "out_features": 1}
            cfg.model.module = {"_target_": f"{__name__}.Line"}
        cfg.job.folder, cfg.job.model = str(tmp_path / f"line{seed}"), "line"
        result = experiment.run(cfg)
        assert result["status"] == "completed"
        assert result["metrics"]["test/error"] < 1e-4
    (folder, *_) = sorted(tmp_path.iterdir())
    assert {"checkpoints", "metrics.csv", "result.json", "tensorboard"} <= {path.name for path in folder.iterdir()}
    assert not (folder / "figures").exists()
    assert len((folder / "metrics.csv").read_text().splitlines()) == 21
    report = Report(load([tmp_path]))
    report.write(tmp_path)
    assert report.summary.select("group", "n").rows() == [("line", 2)]
    assert (tmp_path / "tensorboard_groups" / "line").is_dir()
