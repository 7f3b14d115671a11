from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.datasets import MNIST as TorchvisionMNIST

from src.experiments.pairs import mnist
from src.experiments.pairs.data import Pairs, PairsData, draw_pairs
from src.lab.data import fold_indices

DIGITS = mnist.mnist20k()
NUMBERED = mnist.MNIST(  # images that say their own index, in every 2×2 block
    *(
        mnist.Digits(torch.arange(n).view(-1, 1, 1).expand(-1, 28, 28), torch.arange(n) % 10)
        for n in (len(DIGITS.train.images), len(DIGITS.test.images))
    )
)


def indices(pairs: Pairs, mean: float, std: float) -> set[int]:
    found = [round(value) for value in (pairs.images[:, :, 0, 0].double() * std + mean).flatten().tolist()]
    assert len(found) == len(set(found)), "an image was drawn twice"
    return set(found)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), train=st.integers(1, 500), val=st.integers(1, 500), test=st.integers(1, 500))
def test_no_image_is_drawn_twice_and_splits_are_disjoint(seed: int, train: int, val: int, test: int) -> None:
    splits = draw_pairs(NUMBERED, seed, train, val, test)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(10_000, generator=generator)[: 2 * train].float()
    mean, std = drawn.repeat_interleave(196).mean().item(), drawn.repeat_interleave(196).std().item()
    in_train, in_val, in_test = (indices(part, mean, std) for part in splits)
    assert [len(in_train), len(in_val), len(in_test)] == [2 * train, 2 * val, 2 * test]
    assert not in_train & in_val


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_targets_follow_from_classes_and_images_are_standardised(seed: int) -> None:
    splits = draw_pairs(DIGITS, seed, 200, 100, 100)
    for part in splits:
        assert part.target.tolist() == [int(first <= second) for first, second in part.classes.tolist()]
        assert part.images.shape[1:] == (2, 14, 14)
    assert splits.train.images.mean().abs() < 1e-5
    assert (splits.train.images.std() - 1).abs() < 1e-5


def test_the_same_seed_draws_the_same_pairs_and_another_seed_others() -> None:
    first, again, other = (draw_pairs(DIGITS, seed, 50, 50, 50) for seed in (0, 0, 1))
    for one, same, different in zip(first, again, other, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, same, strict=True))
        assert not torch.equal(one.images, different.images)


def test_training_pairs_do_not_depend_on_the_other_counts() -> None:
    few, many = draw_pairs(DIGITS, 3, 100, 10, 10), draw_pairs(DIGITS, 3, 100, 900, 2000)
    assert all(torch.equal(a, b) for a, b in zip(few.train, many.train, strict=True))


def test_images_are_block_means_of_torchvisions_images(mnist_root: Path) -> None:
    theirs = TorchvisionMNIST(str(mnist_root), train=True).data.double()
    splits = draw_pairs(mnist.mnist(mnist_root), 7, 100, 1, 1)
    index = torch.randperm(60_000, generator=torch.Generator().manual_seed(7))[:200]
    means = theirs[index].view(200, 14, 2, 14, 2).mean((2, 4)).view(100, 2, 14, 14)
    expected = (means - means.mean()) / means.std()
    assert torch.allclose(splits.train.images.double(), expected, atol=1e-4)


def test_more_pairs_than_images_are_refused() -> None:
    with pytest.raises(ValueError, match="5001 training and validation pairs need 10002 images, there are 10000"):
        draw_pairs(DIGITS, 0, 5000, 1, 1)
    draw_pairs(DIGITS, 0, 4000, 1000, 5000)


def test_a_fold_is_a_part_of_the_training_pairs_and_the_others_are_trained_on() -> None:
    """Beside numpy on the numbers of the images, which standardising leaves in their order."""
    generator = torch.Generator().manual_seed(3)
    pool, test = (torch.randperm(10_000, generator=generator)[: 2 * n].double().numpy() for n in (52, 30))
    held_out: list[tuple[float, ...]] = []
    for fold in range(5):
        splits = draw_pairs(NUMBERED, 3, 52, 20, 30, fold_indices(52, 5, fold))
        found = [part.images[:, :, 0, 0].double().numpy() for part in splits]
        number = dict(zip(np.sort(np.concatenate(found[:2], axis=None)), np.sort(pool), strict=True))
        train, val = (np.vectorize(number.get)(part) for part in found[:2])
        assert len(val) in (10, 11)
        held_out += map(tuple, val)
        pixels = train.repeat(14 * 14)
        for part, raw in zip(found, (train, val, test.reshape(-1, 2)), strict=True):
            assert part == pytest.approx((raw - pixels.mean()) / pixels.std(ddof=1), abs=1e-5)
    assert sorted(held_out) == sorted(map(tuple, pool.reshape(-1, 2)))


def test_the_data_of_a_fold_are_its_parts_and_the_same_test_pairs() -> None:
    data = PairsData(seed=3, train_pairs=52, val_pairs=20, test_pairs=30, folds=5, fold=4)
    data.setup("fit")
    assert data.splits is not None
    expected = draw_pairs(DIGITS, 3, 52, 20, 30, fold_indices(52, 5, 4))
    assert all(all(map(torch.equal, one, other)) for one, other in zip(data.splits, expected, strict=True))
    plain = draw_pairs(DIGITS, 3, 52, 20, 30).test
    assert torch.equal(data.splits.test.classes, plain.classes) and torch.equal(data.splits.test.target, plain.target)


def test_where_a_fold_is_validated_on_no_other_pairs_are_needed() -> None:
    splits = draw_pairs(DIGITS, 0, 5000, 1000, 10, fold_indices(5000, 2, 1))
    assert [len(part.target) for part in splits] == [2500, 2500, 10]
    with pytest.raises(ValueError, match="no fold=2 of folds=2 in 5000 items"):
        PairsData(seed=0, train_pairs=5000, folds=2, fold=2)
