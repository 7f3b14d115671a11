"""How fast minidl trains, beside torch.nn and a student's framework."""

from __future__ import annotations

from src.lab.bench.race import Peer, Race

from . import loops, sizes

GROWTHS = sizes.GROWTHS
NETWORK = "2-25-25-25-2, tanh, SGD on batches of 100 of 1,000 points, 200 epochs"

RACES = [
    Race(
        f"minidl's Loop: {NETWORK}",
        loops.one,
        [
            Peer("disk_one", loops.in_torch, 0.25, "torch.nn, autograd, torch.optim.SGD"),
            Peer("disk_student", loops.by_student, None, "a framework as the reports' students write it"),
        ],
        rounds=5,
        warm=True,
        all_cores=True,
    ),
    Race(
        "minidl's Loop, 50 networks at once, a network",
        loops.fifty,
        [Peer("disk_fifty", loops.in_torch, 0.07, "torch.nn, a network")],
        rounds=5,
        warm=True,
        all_cores=True,
    ),
    Race(
        "the native loop under Lightning, 50 epochs a step, processor seconds",
        loops.hosted,
        [Peer("disk_hosted", loops.bare, 1.05, "the bare native loop")],
        rounds=5,
        warm=True,
    ),
    Race(
        "report B's study: python -m src.train sweep=disk_learning_rate",
        loops.study,
        [Peer("study_b", loops.study_in_torch, 0.06, "torch.nn, 500 runs one after another")],
        rounds=1,
    ),
]
