"""What is measured side by side: ours and its peers, in turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ..places import ROOT

Measure = Callable[[Path, int], float]  # in an empty folder, with so many threads: seconds, or whatever it is


class Peer(NamedTuple):
    """What ours is measured against.

    Args:
        name: of the row.
        measure: None where the figure is somebody else's: `stated`.
        goal: ours divided by it is at most this; None where there is none.
        says: what it is.
    """

    name: str
    measure: Measure | None
    goal: float | None
    says: str
    stated: float = float("nan")


class Race(NamedTuple):
    """One thing of ours and its peers.

    Args:
        says: what of ours.
        ours: measures it.
        peers: one at least.
        rounds: in how many everybody has a turn; one more, of which nothing is kept, comes first where `warm` says so.
        all_cores: whether it is measured on all cores too.
    """

    says: str
    ours: Measure
    peers: Sequence[Peer]
    rounds: int = 3
    unit: str = "s"
    warm: bool = False
    all_cores: bool = False


class Row(NamedTuple):
    """What came of a peer: medians of ours, of the peer and of their ratio, in which both were in the same round."""

    name: str
    ours_s: float
    peer_s: float
    ratio: float
    goal: float | None
    held: bool | None
    lowest: float
    highest: float
    rounds: int
    threads: int
    unit: str
    load: float
    ours: str
    peer: str


def run(race: Race, chosen: Sequence[str], threads: int) -> list[Row]:
    """Measures those of the peers that are `chosen`."""
    peers = [peer for peer in race.peers if peer.name in chosen]
    load = os.getloadavg()[0]
    measured: list[list[float]] = []
    measures = [race.ours, *(peer.measure for peer in peers if peer.measure)]
    for number in range(-race.warm, race.rounds):
        each = dict[Measure, float]()
        for measure in measures if number % 2 == 0 else measures[::-1]:
            with tempfile.TemporaryDirectory() as folder:
                each[measure] = measure(Path(folder), threads)
        if number >= 0:
            measured.append([each[race.ours], *(each[peer.measure] if peer.measure else peer.stated for peer in peers)])
    ours, *others = zip(*measured, strict=True)
    rows = []
    for peer, theirs in zip(peers, others, strict=True):
        ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
        ratio = median(ratios)
        name = peer.name if threads == 1 else f"{peer.name}@{threads}"
        held = None if peer.goal is None else ratio <= peer.goal
        figures = (median(ours), median(theirs), ratio, peer.goal, held, min(ratios), max(ratios), len(ratios))
        rows.append(Row(name, *figures, threads, race.unit, load, race.says, peer.says))
    return rows


def clock(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def processor(call: Callable[[], object]) -> float:
    """Seconds of this process's own, of all its threads, that a call takes."""
    start = time.process_time()
    call()
    return time.process_time() - start


def command(*arguments: str, threads: int | None = 1, check: bool = True) -> float:
    """Seconds of a process of its own, `python …`, with so many threads, or as many as torch takes by itself.

    Raises:
        CalledProcessError: it fails, unless that is no news.
    """
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)} if threads else dict(os.environ)
    quiet = subprocess.DEVNULL

    def run() -> None:
        whole = [sys.executable, *arguments]
        subprocess.run(whole, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, check=check)

    return clock(run)
