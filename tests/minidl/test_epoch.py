"""One pass over the data: when targets are looked at, and the gradient of all of them."""

import pytest
import torch

from src.minidl import SGD, Dropout, Linear, Loop, LossCrossEntropy, LossMSE, Sequential, fit
from src.minidl.epoch import gradient_magnitude
from tests.minidl.reference import autograd, generators, mlp


def test_targets_are_looked_at_once_and_for_the_classes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(LossMSE, "check_target", lambda self, target, features: looked.append(len(target)))
    net, x = mlp(2, 2), torch.rand(10, 2)
    Loop(net, LossMSE(), SGD(net.parameters(), 0.1), x, x, 4).run(2)
    assert looked == [10]
    net = mlp(2, 2, runs=3)
    with pytest.raises(ValueError, match="classes are 0 to 1, targets range from 0 to 4"):
        fit(net, LossCrossEntropy(), SGD(net.parameters(), 0.1), x, torch.arange(10) // 2, 1, 5)


@pytest.mark.parametrize("runs", [None, 3])
def test_a_gradient_is_measured_without_dropout_and_leaves_nothing_behind(runs: int | None) -> None:
    dropout = Dropout(0.5) if runs is None else Dropout(0.5, generators(0, runs))
    net, loss = Sequential(Linear(2, 3, runs), dropout), LossMSE()
    x, target = torch.randn(10, 2), torch.randn(10, 3)
    for p in net.parameters():
        p.grad.fill_(5)
    sizes = gradient_magnitude(net, loss, SGD(net.parameters(), 0.1), x, target).clone()
    for run, size in enumerate(sizes.view(-1)):
        params = [p.value if runs is None else p.value[run] for p in net.parameters()]
        _, grads = autograd(Sequential(Linear(2, 3)), loss, params, x, target)
        torch.testing.assert_close(size, torch.cat([grad.flatten() for grad in grads]).norm())
    assert sizes.shape == (() if runs is None else (runs,))
    assert all(m.training for m in net.modules())
    assert all(grad.abs().max() == 0 for _, grad in net.param())
