"""How fast pairs are trained, beside what their users would write without this project."""

from __future__ import annotations

from src.lab.bench.race import Peer, Race

from . import fit, many, sweeps

GROWTHS = many.GROWTHS
WITH_ALL = "Lightning fit of ws_aux_bn_dropout, logger and checkpoints on"

RACES = [
    Race(
        WITH_ALL,
        fit.under_lightning,
        [
            Peer("pairs_fit", fit.plainly, 0.70, "plain PyTorch: the same network, NCHW, DataLoader"),
            Peer("pairs_fit_same", fit.by_hand, 1.05, "a loop by hand on the same data path and memory format"),
            Peer("pairs_template", fit.by_template, 0.55, "Lightning as its documentation shows"),
        ],
        rounds=3,
        warm=True,
        all_cores=True,
    ),
    Race(
        f"{WITH_ALL}, processor seconds",
        fit.on_the_processor,
        [Peer("pairs_limit", fit.multiplications, 2.0, "its multiplications at the speed of a product of 1024³")],
        warm=True,
    ),
    Race(
        "ten seeds of ws_aux_bn_dropout through -m, start-up included",
        sweeps.ten_seeds,
        [Peer("sweep10", sweeps.fresh_processes, 0.25, "ten fresh processes of the Lightning script, one by one")],
        rounds=1,
    ),
    Race(
        "what a further worker of a sweep has for itself alone",
        sweeps.worker,
        [Peer("worker_memory", sweeps.fresh_process, 0.5, "what a process of a single run has")],
        unit="MB",
    ),
    Race(
        "best, four epochs: seconds of a run, at a mean error under 2.46 %",
        sweeps.best,
        [
            Peer(
                "accuracy_per_second",
                None,
                0.05,
                "strongest public implementation, 2.46 % (its own figure)",
                sweeps.STATED_SECONDS,
            )
        ],
        rounds=1,
    ),
]
