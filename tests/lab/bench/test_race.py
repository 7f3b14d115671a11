"""What is measured in turns: who has a turn when, and what comes of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from src.lab.bench import bench, reports
from src.lab.bench.race import Measure, Peer, Race, Row, clock, command, run
from src.lab.records.runs import load


def replayed(name: str, values: list[float], turns: list[str]) -> Measure:
    """A measure that gives these values, one after the other."""
    left = iter(values)

    def measure(folder: Path, threads: int) -> float:
        assert not list(folder.iterdir()) and threads == 1
        turns.append(name)
        return next(left)

    return measure


def test_everybody_has_a_turn_in_each_round_and_ratios_are_of_the_same_round() -> None:
    turns: list[str] = []
    race = Race(
        "ours",
        replayed("ours", [9.0, 1.0, 2.0, 30.0], turns),
        [
            Peer("near", replayed("near", [9.0, 2.0, 4.0, 10.0], turns), 0.6, ""),
            Peer("far", replayed("far", [9.0, 10.0, 10.0, 10.0], turns), 0.1, ""),
            Peer("stated", None, None, "", stated=4.0),
        ],
        warm=True,
    )
    near, far, stated = run(race, ["near", "far", "stated"], 1)
    assert [turns[i : i + 3] for i in (0, 3, 6, 9)] == [["far", "near", "ours"], ["ours", "near", "far"]] * 2
    assert (near.ours_s, near.peer_s, near.ratio, near.lowest, near.highest) == (2.0, 4.0, 0.5, 0.5, 3.0)
    assert (near.held, far.held, stated.held) == (True, False, None)
    assert (stated.peer_s, stated.ratio, stated.rounds) == (4.0, 0.5, 3)


def test_only_the_peers_that_are_asked_for_have_a_turn() -> None:
    turns: list[str] = []
    peers = [Peer(name, replayed(name, [1.0], turns), None, "") for name in ("one", "other")]
    assert [row.name for row in run(Race("", replayed("ours", [1.0], turns), peers, rounds=1), ["other"], 1)] == [
        "other"
    ]
    assert turns == ["ours", "other"]


def test_a_command_is_timed_and_one_that_fails_is_no_figure() -> None:
    assert command("-c", "import time; time.sleep(0.2)") > 0.2
    with pytest.raises(subprocess.CalledProcessError):
        command("-c", "raise SystemExit(1)")
    assert command("-c", "raise SystemExit(1)", check=False) > 0
    assert clock(lambda: None) < 0.1


@pytest.mark.parametrize(("threads", "said"), [(1, "1"), (3, "3"), (None, "None")])
def test_a_command_has_as_many_threads_as_are_said(
    threads: int | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    command("-c", f"import os; assert str(os.environ.get('OMP_NUM_THREADS')) == {said!r}", threads=threads)


def test_the_table_says_what_was_measured_and_whether_that_is_enough() -> None:
    row = Row("name", 1.23456, 4.0, 0.30864, 0.5, True, 0.2, 0.4, 5, 1, "s", 0.1, "ours", "theirs")
    once = row._replace(name="once", rounds=1, goal=None, held=None, unit="MB")
    assert bench.table([row, once, row._replace(held=False)])[1:] == [
        ["name", "1.23 s", "4 s", "0.309", "0.200 to 0.400 (5)", "≤ 0.5", "held"],
        ["once", "1.23 MB", "4 MB", "0.309", "one round", "", ""],
        ["name", "1.23 s", "4 s", "0.309", "0.200 to 0.400 (5)", "≤ 0.5", "not held"],
    ]


def test_results_that_a_report_is_timed_on_are_read_as_any_others() -> None:
    runs = load([reports.many(250).name])
    assert len(runs) == 250 and runs["group"].n_unique() == 3 and set(runs["status"]) == {"completed"}
