"""Training in one call, and stopping it early."""

from math import nan

import torch

from src.minidl import SGD, EarlyStop, EpochRecord, Loop, LossMSE, fit, permutation
from tests.minidl.reference import generator, mlp


def loop() -> Loop:
    net = mlp(2, 3, 1, generator=generator(0))
    x = torch.rand(9, 2, generator=generator(1))
    return Loop(net, LossMSE(), SGD(net.parameters(), 0.1), x, x[:, :1], 4)


def stops(early: EarlyStop, *losses: list[float]) -> list[bool]:
    return [early(loop(), EpochRecord(epoch, 0.1, loss)) for epoch, loss in enumerate(losses)]


def test_a_fit_is_a_loops_run() -> None:
    one, other = loop(), loop()
    history = fit(one.net, one.loss, one.optimizer, one.inputs, one.targets, 9, 4, callbacks=[EarlyStop(9), second])
    assert history == other.run(2)
    third = loop()
    assert fit(third.net, third.loss, third.optimizer, third.inputs, third.targets, 2, 4, 7) != history
    assert not torch.equal(permutation(9, 0), permutation(9, 7))


def second(loop: Loop, record: EpochRecord) -> bool:
    return record.epoch == 1


def test_early_stop_waits_for_patience() -> None:
    scores = iter([5.0, 4.0, 4.5, 3.0, 3.0, 3.0, 3.0, 3.0])
    trained = loop()
    trained.run(10, [EarlyStop(patience=3, score=lambda loop, record: next(scores))])
    assert trained.epoch == 7


def test_what_falls_is_the_mean_of_all_runs_and_by_more_than_what_counts() -> None:
    assert stops(EarlyStop(1), [4.0, 2.0], [1.0, 4.5], [0.0, 5.5]) == [False, False, True]
    assert stops(EarlyStop(2), [1.0], [1.0], [1.0]) == [False, False, True]
    assert stops(EarlyStop(2), [nan], [nan]) == [False, True]
    assert stops(EarlyStop(1, min_delta=0.5), [3.0, 3.0], [2.6, 2.6]) == [False, True]
    assert stops(EarlyStop(2, min_delta=0.5), [3.0], [2.5], [2.25], [2.0], [1.75]) == [False, False, False, False, True]
    assert stops(EarlyStop(2, min_delta=0.5), [3.0], [2.5], [2.0], [1.5], [1.5]) == [False, False, False, False, True]
