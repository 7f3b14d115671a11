"""Several networks trained at once: what each is made of, what they see, and what they have in common."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pytorch_lightning import LightningModule, Trainer

from src.lab.config import check, compose
from src.lab.data import Batches
from src.lab.many import Figures, ManyBatches, ManyData, build, over_networks
from src.lab.module import build_data, build_model

from .toy import TOY
from .toy.data import Points
from .toy.module import Toy


class Side(LightningModule):
    """Modules side by side."""

    def __init__(self, modules: list[LightningModule], seeds: list[int]) -> None:
        super().__init__()
        self.each, self.seeds = modules, seeds


def test_each_network_and_its_data_are_those_of_its_seed_alone() -> None:
    asked = [*TOY, "seed=4", "model.dropout=0.5"]
    cfg = compose(*asked, "runs=3", f"many={__name__}.Side")
    data, module = build(cfg, check(cfg))
    assert isinstance(module, Side) and isinstance(data, ManyData)
    assert module.seeds == [4, 5, 6]
    for seed, own, model in zip(module.seeds, data.each, module.each, strict=True):
        alone = compose(*asked, f"seed={seed}")
        torch.manual_seed(seed)
        expected, made = build_model(alone, check(alone)), build_data(alone)
        assert isinstance(model, Toy) and isinstance(expected, Toy)
        assert all(map(torch.equal, model.parameters(), expected.parameters()))
        assert vars(own)["seed"] == vars(made)["seed"] == seed


def test_data_with_a_seed_of_their_own_are_the_same_for_all() -> None:
    cfg = compose(*TOY, "runs=3", "data.seed=7", f"many={__name__}.Side")
    data, _ = build(cfg, check(cfg))
    assert isinstance(data, ManyData)
    assert [vars(each)["seed"] for each in data.each] == [7, 7, 7]


@pytest.mark.parametrize("runs", [[], ["runs=1", f"many={__name__}.Side"]], ids=["nothing said", "one"])
def test_one_network_is_trained_as_it_is(runs: list[str]) -> None:
    cfg = compose(*TOY, *runs)
    data, module = build(cfg, check(cfg))
    assert isinstance(module, Toy) and not isinstance(data, ManyData)


@given(st.integers(1, 4), st.integers(1, 30), st.integers(1, 12), st.booleans(), st.booleans())
def test_a_batch_holds_what_each_would_have_seen(runs: int, n: int, size: int, ordered: bool, distorted: bool) -> None:
    order = (lambda: torch.randperm(n)) if ordered else None
    distort = (lambda points: points._replace(x=points.x + torch.rand(len(points.x), 2))) if distorted else None
    sets = [Points(torch.rand(n, 2), torch.arange(n)) for _ in range(runs)]
    loaders = [Batches(points, size, order, distort) for points in sets]
    torch.manual_seed(n)
    alone = [list(loader) for loader in loaders]
    torch.manual_seed(n)
    together = list(ManyBatches(loaders))
    assert len(together) == len(ManyBatches(loaders)) == len(alone[0])
    for i, batch in enumerate(together):
        for r in range(runs):
            assert batch.x[r].equal(alone[r][i].x) and batch.y[r].equal(alone[r][i].y)


def test_the_data_of_all_lie_where_the_trainer_says(tmp_path: Path) -> None:
    cfg = compose(*TOY, "runs=2", f"many={__name__}.Side")
    data, _ = build(cfg, check(cfg))
    data.trainer = Trainer(accelerator="cpu", logger=False, default_root_dir=tmp_path)
    data.setup("fit")
    for loader in data.train_dataloader(), data.val_dataloader(), data.test_dataloader():
        batch = next(iter(loader))
        assert batch.x.shape[0] == batch.y.shape[0] == 2
        assert not batch.x[0].equal(batch.x[1])
        assert data.transfer_batch_to_device(batch, torch.device("cpu"), 0) is batch


@given(arrays(float, (3, 6), elements=st.floats(0, 100)), arrays(bool, (3, 6)))
def test_mean_and_std_over_networks_leave_out_what_has_diverged(values: np.ndarray, diverged: np.ndarray) -> None:
    loss = np.where(diverged, np.inf, 1.0)
    means, stds = over_networks(torch.tensor(np.where(diverged, np.nan, values)), torch.tensor(loss))
    for mean, std, each, gone in zip(means.tolist(), stds.tolist(), values, diverged, strict=True):
        if gone.all():
            assert np.isnan(mean)
        else:
            assert mean == pytest.approx(each[~gone].mean())
            assert std == pytest.approx(np.std(each[~gone], ddof=1) if (~gone).sum() > 1 else 0, abs=1e-9)


def test_what_was_measured_last_is_kept_of_each_network() -> None:
    figures = Figures()
    figures.add({"val/loss": torch.tensor([1.0, 2.0, 3.0])}, torch.ones(3))
    loss = torch.tensor([4.0, 6.0, torch.inf])
    means = figures.add({"val/loss": loss, "val/error": torch.tensor([10.0, 20.0, 99.0])}, loss)
    assert {name: float(mean) for name, mean in means.items()} == {"val/loss": 5.0, "val/error": 15.0}
    assert figures.each()[1] == {"val/loss": 6.0, "val/error": 20.0}
    assert figures.each()[2]["val/error"] == 99.0, "and a diverged one's too"
    assert figures.stds() == {"val/loss": pytest.approx(2**0.5), "val/error": pytest.approx(50**0.5)}
