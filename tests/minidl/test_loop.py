"""The loop: every sample counts once, and stopping and going on leave no trace."""

import io
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.minidl import (
    SGD,
    Adam,
    Dropout,
    EpochRecord,
    Linear,
    Loop,
    LossBCE,
    LossCrossEntropy,
    LossHalfSSE,
    LossMSE,
    Sequential,
    Tanh,
    cosine,
    fit,
    linear,
    permutation,
)
from tests.minidl.reference import generator, generators, mlp


def small_loop(runs: int | None = None, **settings: object) -> Loop:
    """2-8-2 with dropout and momentum; the last of its batches is smaller."""
    g = generator(0) if runs is None else generators(0, runs)
    masks = generator(50) if runs is None else generators(50, runs)
    net = Sequential(Linear(2, 8, runs, generator=g), Tanh(), Dropout(0.2, masks), Linear(8, 2, runs, generator=g))
    inputs = torch.rand(30, 2, generator=generator(1))
    targets = inputs.flip(1).contiguous()
    optimizer = SGD(net.parameters(), 0.05, momentum=0.9)
    return Loop(net, LossMSE(), optimizer, inputs, targets, 8, **settings)  # type: ignore[arg-type]


def test_a_batch_is_its_samples_and_the_last_one_is_smaller() -> None:
    seen = []
    loop = small_loop()
    forward = loop.net.forward
    loop.net.forward = lambda x: (seen.append(x.clone()), forward(x))[1]  # type: ignore[method-assign]
    loop.run(1)
    assert [len(x) for x in seen] == [8, 8, 8, 6]
    assert torch.equal(torch.cat(seen), loop.inputs[permutation(30, 0, 0)])


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 40), st.integers(0, 3))
def test_the_epochs_loss_counts_each_sample_once(batch_size: int, kind: int) -> None:
    loss = (LossMSE, LossHalfSSE, LossBCE, LossCrossEntropy)[kind]()
    output, target = torch.rand(23, 2), torch.rand(23, 2).round()
    target = target if kind < 3 else torch.nn.functional.one_hot(target[:, 0].long(), 2).double()
    net = Sequential(Linear(2, 2))
    net.load_state_dict({"0.weight": torch.eye(2), "0.bias": torch.zeros(2)})
    history = fit(net, loss, SGD(net.parameters(), lr=0.0), output, target, 1, batch_size)
    assert history[0].loss[0] == pytest.approx(loss(output, target).item())


@pytest.mark.parametrize("runs", [None, 3])
def test_steps_are_those_written_by_hand(runs: int | None) -> None:
    loop, twin = small_loop(runs, seed=4), small_loop(runs, seed=4)
    loop.run(3)
    net, loss, optimizer = twin.net, twin.loss, twin.optimizer
    for epoch in range(3):
        order = permutation(30, 4, epoch)
        for x, target in zip(twin.inputs[order].split(8), twin.targets[order].split(8), strict=True):
            loss(net(x), target)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()
    for a, b in zip(loop.net.parameters(), net.parameters(), strict=True):
        assert torch.equal(a.value, b.value)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("runs", [None, 3])
def test_stopped_and_resumed_is_bit_equal(dtype: torch.dtype, runs: int | None) -> None:
    torch.set_default_dtype(dtype)
    seed = 0 if runs is None else range(runs)
    whole, part = (small_loop(runs, seed=seed, schedule=cosine(6)) for _ in range(2))
    whole.run(6)
    part.run(1)
    part.run(2)
    file = io.BytesIO()
    torch.save(part.state_dict(), file)
    file.seek(0)
    resumed = small_loop(runs, seed=seed, schedule=cosine(6))
    resumed.load_state_dict(torch.load(file, weights_only=True))
    resumed.run(3)
    assert resumed.history == whole.history
    weights = zip(resumed.net.state_dict().values(), whole.net.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in weights)


def test_network_and_data_move_together() -> None:
    loop = small_loop()
    assert loop.to("meta") is loop
    where = (loop.inputs, loop.targets, *(p.value for p in loop.net.parameters()))
    assert {tensor.device.type for tensor in where} == {"meta"}


def test_training_learns() -> None:
    loop = small_loop()
    history = loop.run(200)
    assert history[-1].loss[0] < 0.3 * history[0].loss[0]
    assert [record.epoch for record in history] == list(range(200))


def test_a_schedule_is_a_factor_of_the_rate() -> None:
    history = small_loop(schedule=linear(4)).run(4)
    assert [record.lr for record in history] == pytest.approx([0.05, 0.0375, 0.025, 0.0125])


# ---- stopping


def test_stops_under_a_gradients_magnitude() -> None:
    loop = small_loop(stop_gradient=0.2)
    history = loop.run(500)
    assert loop.stopped == "gradient"
    assert history[-1].gradient is not None
    assert history[-1].gradient[0] < 0.2 <= min(record.gradient[0] for record in history[:-1] if record.gradient)
    loop.net.eval()
    loop.loss(loop.net(loop.inputs), loop.targets)
    loop.net.backward(loop.loss.backward())
    magnitude = math.sqrt(sum(grad.square().sum().item() for _, grad in loop.net.param()))
    assert magnitude == pytest.approx(history[-1].gradient[0])
    assert loop.run(5) == history


def test_each_run_stops_where_it_would_alone() -> None:
    together = small_loop(3, seed=range(3), stop_gradient=0.15)
    assert together.trained == []
    together.run(1)
    assert together.trained == [1, 1, 1]
    together.run(499)
    lengths = []
    for r in range(3):
        alone = small_loop(None, seed=r, stop_gradient=0.15)
        net = Sequential(
            Linear(2, 8, generator=(g := generator(r))),
            Tanh(),
            Dropout(0.2, generator(50 + r)),
            Linear(8, 2, generator=g),
        )
        alone.net, alone.optimizer = net, SGD(net.parameters(), 0.05, momentum=0.9)
        lengths.append(len(alone.run(500)))
        assert together.history[-1].loss[r] == pytest.approx(alone.history[-1].loss[0], rel=1e-10)
        for many, one in zip(together.net.parameters(), net.parameters(), strict=True):
            torch.testing.assert_close(many.value[r], one.value, rtol=1e-10, atol=1e-10)
    assert together.trained == lengths and len(set(lengths)) > 1
    assert len(together.history) == max(lengths) < 500


def test_callbacks_see_each_epoch_and_may_stop() -> None:
    seen: list[int] = []

    def callback(loop: Loop, record: EpochRecord) -> bool:
        seen.append(record.epoch)
        assert loop.epoch == record.epoch + 1
        return record.epoch == 3

    loop = small_loop()
    loop.run(10, [callback, lambda loop, record: None])
    assert seen == [0, 1, 2, 3]
    assert (loop.stopped, loop.epoch) == ("callback", 4)


def test_a_loss_that_isnt_finite_says_where() -> None:
    net = mlp(2, 8, 2, runs=3, generator=generator(0))
    net.parameters()[0].value[1] = float("nan")
    loop = Loop(net, LossMSE(), Adam(net.parameters()), torch.rand(10, 2), torch.rand(10, 2))
    with pytest.raises(FloatingPointError, match=r"epoch 0: the loss of LossMSE\(\) is nan in run\(s\) \[1\] of 3"):
        loop.run(1)
    loop = Loop(net, LossMSE(), Adam(net.parameters()), torch.rand(10, 2), torch.rand(10, 2), diverged="keep")
    losses = loop.run(2)[-1].loss
    assert [math.isfinite(loss) for loss in losses] == [True, False, True]


def test_wrong_settings() -> None:
    net = mlp(2, 2)
    optimizer, x = SGD(net.parameters(), 0.1), torch.rand(10, 2)
    with pytest.raises(ValueError, match="differ in samples"):
        Loop(net, LossMSE(), optimizer, x, x[:9])
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        Loop(net, LossMSE(), optimizer, x, x, 0)
    with pytest.raises(ValueError, match="targets must be in"):
        fit(net, LossBCE(), optimizer, x, x + 1, 1, 5)
    with pytest.raises(ValueError, match="classes are 0 to 1, targets range from 0 to 2"):
        fit(net, LossCrossEntropy(), optimizer, x, torch.tensor([0, 1, 2, 0, 0, 0, 0, 0, 0, 0]), 1, 5)
