import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from src.experiments.pairs.augment import Affine
from src.experiments.pairs.data import PairsData
from src.lab.config import compose
from src.lab.train import build_trainer

from .tiny import TINY


def blob(n: int = 1) -> torch.Tensor:
    """A soft spot in the middle, on a background of −0.4."""
    axis = torch.linspace(-1, 1, 14)
    return (torch.exp(-8 * (axis[:, None] ** 2 + axis[None] ** 2)) - 0.4).expand(n, 1, 14, 14)


@given(st.integers(0, 2**62))
def test_the_same_seed_distorts_in_the_same_way(seed: int) -> None:
    affine = Affine(degrees=12, scale=0.12, shear=0.12, pixels=1.2)
    first, again, other = affine(blob(4), seed), affine(blob(4), seed), affine(blob(4), seed + 1)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first[0], first[1]), "each image has its own distortion"


def test_no_range_changes_nothing() -> None:
    images = torch.randn(5, 1, 14, 14)
    assert torch.allclose(Affine(0, 0, 0, 0)(images, 0), images, atol=1e-5)


def test_shifts_stay_in_their_range_and_background_moves_in() -> None:
    moved = Affine(0, 0, 0, pixels=2)(blob(200), 3)
    weight = moved - moved.amin((2, 3), keepdim=True)
    axis = torch.arange(14.0)
    centre = (weight.sum(2) * axis).sum(2) / weight.sum((2, 3)) - 6.5
    assert 1.5 < centre.abs().max() < 2.1
    assert (moved[:, :, 0, 0] + 0.4).abs().max() < 0.05


def test_training_images_are_distorted_anew_each_epoch_and_labels_stay() -> None:
    cfg = compose(*TINY, "model=best", "trainer=cpu")
    data = PairsData(0, 20, 40, 20, 20, augment=Affine(12, 0.12, 0.12, 1.2))
    trainer = build_trainer(cfg, [])
    data.trainer = trainer
    data.setup("fit")
    assert data.splits is not None
    loader = data.train_dataloader()
    epochs = []
    for epoch in (0, 1, 0):
        trainer.fit_loop.epoch_progress.current.completed = epoch
        epochs.append([torch.cat(parts) for parts in zip(*loader, strict=True)])
    for images, classes, target in epochs:
        assert torch.equal(target, (classes[:, 0] <= classes[:, 1]).long())
        assert sorted(classes.tolist()) == sorted(data.splits.train.classes.tolist())
        assert images.std().item() == pytest.approx(data.splits.train.images.std().item(), rel=0.1)
    assert not torch.equal(epochs[0][0], epochs[1][0])
    assert torch.equal(epochs[0][0], epochs[2][0])
    evaluated = torch.cat([batch.images for batch in data.val_dataloader()])
    assert torch.equal(evaluated, data.splits.val.images)
