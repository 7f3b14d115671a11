import math

import pytest
import torch

from src.experiments.disk.data import DiskData, draw_points, encode, inside
from src.experiments.disk.schema import Targets
from src.lab.config import compose

COUNTS = (200, 100, 50)


def drawn(**settings: object) -> DiskData:
    data = DiskData(train_points=20, val_points=10, test_points=10, **settings)  # type: ignore[arg-type]
    data.setup("fit")
    return data


def test_labels_are_those_of_the_formula() -> None:
    train, *_ = draw_points(3, (5000, 1, 1), "zero_one", standardize=False)
    by_hand = [math.hypot(x - 0.5, y - 0.5) < 1 / math.sqrt(2 * math.pi) for x, y in train.inputs.tolist()]
    assert train.targets.flatten().tolist() == by_hand
    assert inside(torch.tensor([[0.5, 0.5], [0.9, 0.5], [0.0, 0.0], [0.5, 0.1]])).tolist() == [1, 0, 0, 0]


def test_half_of_the_square_is_inside() -> None:
    _, _, test, _ = draw_points(0, (2, 1, 40_000), "zero_one", standardize=False)
    assert test.targets.mean().item() == pytest.approx(0.5, abs=4 * 0.5 / 200)  # four standard errors
    assert test.inputs.min() >= 0 and test.inputs.max() < 1
    assert test.inputs.mean(0).tolist() == pytest.approx([0.5, 0.5], abs=4 * 0.2887 / 200)


@pytest.mark.parametrize(
    ("targets", "expected"), [("one_hot", [[1, 0], [0, 1]]), ("zero_one", [[0], [1]]), ("signed", [[-1], [1]])]
)
def test_targets(targets: Targets, expected: list[list[int]]) -> None:
    assert encode(torch.tensor([0, 1]), targets).tolist() == expected


def test_all_sets_are_standardised_by_the_training_points() -> None:
    raw, scaled = (draw_points(1, COUNTS, "one_hot", standardize) for standardize in (False, True))
    mean, std = raw.train.inputs.mean(0), raw.train.inputs.std(0)
    for before, after in zip(raw, scaled, strict=True):
        torch.testing.assert_close(after.inputs, (before.inputs - mean) / std)
        assert torch.equal(after.targets, before.targets)
    assert scaled.test.inputs.mean(0).abs().max() > 1e-3, "its own statistics would give 0"


def test_the_sets_differ_and_do_not_depend_on_each_others_size() -> None:
    small, large = (draw_points(1, counts, "one_hot", False) for counts in ((10, 10, 10), (20, 30, 10)))
    assert torch.equal(small.train.inputs, large.train.inputs[:10])
    assert torch.equal(small.val.inputs, large.val.inputs[:10])
    assert torch.equal(small.test.inputs, large.test.inputs)
    assert torch.equal(small.grid.inputs, large.grid.inputs)
    assert len({tuple(points.inputs.flatten().tolist()) for points in small[:3]}) == 3


def test_network_r_has_the_points_that_it_would_have_alone() -> None:
    together = drawn(seed=4, runs=3).splits
    assert together is not None
    for r in range(3):
        alone = drawn(seed=4 + r).splits
        assert alone is not None
        for many, one in zip(together, alone, strict=True):
            assert all(torch.equal(m[r], o) for m, o in zip(many, one, strict=True))
    shared, first = drawn(seed=4, runs=3, shared=True).splits, drawn(seed=4).splits
    assert shared is not None and first is not None
    assert torch.equal(shared.train.inputs, first.train.inputs)


def test_points_are_shared_where_their_seed_is_set() -> None:
    assert not compose("model=disk_tanh", "runs=3").data.shared
    assert not compose("model=disk_tanh", "runs=3", "seed=2").data.shared
    assert compose("model=disk_tanh", "runs=3", "data.seed=0").data.shared


def test_a_fold_is_a_part_of_each_networks_training_points_and_the_others_are_trained_on() -> None:
    """Beside numpy on the points as they were drawn."""
    plain = drawn(seed=4, runs=2, standardize=False).splits
    assert plain is not None
    union: list[set[tuple[float, ...]]] = [set(), set()]
    for fold in range(3):
        raw, scaled = (drawn(seed=4, runs=2, folds=3, fold=fold, standardize=each).splits for each in (False, True))
        assert raw is not None and scaled is not None
        for r in range(2):
            pool, train, val = ({*map(tuple, part[r].tolist())} for part in (plain.train[0], raw.train[0], raw.val[0]))
            assert len(val) == (6 if fold == 2 else 7)
            assert (train | val, train & val, union[r] & val) == (pool, set(), set())
            union[r] |= val
            points = raw.train.inputs[r].double().numpy()
            for before, after in zip(raw, scaled, strict=True):
                expected = (before.inputs[r].double().numpy() - points.mean(0)) / points.std(0, ddof=1)
                assert after.inputs[r].numpy() == pytest.approx(expected, abs=1e-5)
        for name in "test", "grid":
            assert all(map(torch.equal, getattr(raw, name), getattr(plain, name)))
        for part in raw:
            assert torch.equal(part.targets.argmax(-1), inside(part.inputs))
    assert union == [{*map(tuple, part.tolist())} for part in plain.train.inputs]


def test_the_view_of_a_fold_sees_the_points_as_its_network_does() -> None:
    data = drawn(seed=4, folds=4, fold=1)
    assert data.splits is not None
    assert torch.equal(data.as_inputs(data.raw.train.inputs), data.splits.train.inputs)
    torch.testing.assert_close(data.as_inputs(data.raw.test.inputs), data.splits.test.inputs)
