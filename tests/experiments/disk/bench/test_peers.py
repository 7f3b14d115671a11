"""The disk's peers train what minidl trains."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from src.experiments.disk.bench import bound, loops, student, torch_nn
from src.experiments.disk.data import draw_points


def test_a_students_gradients_are_autograds() -> None:
    torch.manual_seed(0)
    net, x, target = student.network((2, 5, 3)), torch.rand(7, 2), torch.rand(7, 3)
    values = [value.clone().requires_grad_() for value, _ in net.param()]
    w1, b1, w2, b2 = values
    loss = ((x @ w1.T + b1).tanh() @ w2.T + b2 - target).square().mean()
    difference = net.forward(x) - target
    net.backward(2 * difference / difference.numel())
    for expected, (_, gradient) in zip(torch.autograd.grad(loss, values), net.param(), strict=True):
        torch.testing.assert_close(gradient, expected)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("train", ["torch", "student", "minidl"])
def test_each_learns_the_disk(train: str) -> None:
    torch.manual_seed(0)
    inputs, targets = loops.points()
    if train == "torch":
        net = torch_nn.network()
        torch_nn.train(net, inputs, targets, 150)
        output = net(inputs)
    elif train == "student":
        own = student.network(torch_nn.WIDTHS)
        student.train(own, inputs, targets, 150)
        output = own.forward(inputs)
    else:
        trained = loops.loop(None)
        trained.run(150)
        output = trained.net(inputs)
    wrong = (output.argmax(-1) != targets.argmax(-1)).float().mean()
    assert wrong < 0.25, "half of the points lie in the disk"


def test_each_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "EPOCHS", 4)
    monkeypatch.setattr(loops, "HOSTED_EPOCHS", 100)
    for measure in loops.one, loops.fifty, loops.in_torch, loops.by_student, loops.hosted, loops.bare:
        assert measure(tmp_path, 1) > 0
    assert torch.is_grad_enabled()


def test_who_knows_that_it_is_a_circle_errs_less_than_its_nearest_neighbour() -> None:
    splits = draw_points(0, (1000, 1000, 1000), "zero_one", standardize=False)
    truth = splits.test.targets[:, 0]
    circle, nearest = bound.circle(splits, splits.test.inputs), bound.nearest(splits, splits.test.inputs, 1)
    assert (circle != truth).sum() < (nearest != truth).sum()
