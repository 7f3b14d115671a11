"""Figures over several tasks, beside scipy, counting by hand and simulations; test_rliable.py has those of rliable."""

from math import lcm

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.report.over import aggregates
from src.lab.report.over.aggregates import Scores, coverage, improvement, levels, whole
from src.lab.report.significance import Values

Tasks = st.lists(
    st.lists(st.integers(-30, 60).map(lambda count: count / 10), min_size=2, max_size=6).map(np.array),
    min_size=1,
    max_size=4,
)


def point(statistic: Values) -> float:
    return float(statistic[0])


@given(tasks=Tasks)
def test_each_task_counts_the_same_whatever_the_number_of_its_runs(tasks: list[Values]) -> None:
    """As if each run were there as often as makes tasks of the same size."""
    many = lcm(*map(len, tasks))
    equal = np.concatenate([np.repeat(each, many // len(each)) for each in tasks])
    scores = Scores(tasks)
    assert point(scores.mean(scores.once)) == pytest.approx(np.mean([each.mean() for each in tasks]))
    assert point(scores.iqm(scores.once)) == pytest.approx(stats.trim_mean(equal, 0.25))
    grid = np.linspace(-3, 6, 19)
    above = scores.profile(scores.once, grid, above=True)[0]
    assert above == pytest.approx([np.mean(equal > level) for level in grid])
    assert scores.profile(scores.once, grid, above=False)[0] == pytest.approx(1 - above)


@given(first=Tasks, data=st.data())
def test_the_probability_of_improvement_counts_pairs_and_halves_of_ties(
    first: list[Values], data: st.DataObject
) -> None:
    second = [np.array(data.draw(st.lists(st.integers(-3, 6).map(float), min_size=2, max_size=4))) for _ in first]
    shares = [np.mean([(a > b) + (a == b) / 2 for a in x for b in y]) for x, y in zip(first, second, strict=True)]
    assert improvement(Scores(first), Scores(second), higher=True).value == pytest.approx(np.mean(shares))
    assert improvement(Scores(first), Scores(second), higher=False).value == pytest.approx(1 - np.mean(shares))


@given(tasks=Tasks)
def test_samples_draw_each_task_by_itself_with_replacement(tasks: list[Values]) -> None:
    scores = Scores(tasks)
    counts = next(scores.samples(3))
    for task, runs in enumerate(tasks):
        own = counts[:, scores.task == task]
        assert (own.sum(axis=1) == len(runs)).all()
        assert own.mean(axis=0) == pytest.approx(1, abs=0.2)
    assert (counts == next(scores.samples(3))).all(), "the same report twice"
    assert (counts != next(scores.samples(4))).any()


def test_the_spread_of_the_samples_is_that_of_means_of_runs_drawn_anew() -> None:
    tasks = [np.random.default_rng(task).normal(task, 1 + task, 8) for task in range(3)]
    scores = Scores(tasks)
    drawn = np.concatenate([scores.mean(counts) for counts in scores.samples(0)])
    expected = np.mean([each.var() / len(each) for each in tasks]) / len(tasks)
    assert len(drawn) == aggregates.SAMPLES
    assert drawn.var() == pytest.approx(expected, rel=0.05)
    low, high = stats.norm.interval(0.95, point(scores.mean(scores.once)), expected**0.5)
    found = whole(scores, levels(tasks), above=True)
    assert (found.mean.low, found.mean.high) == pytest.approx((low, high), abs=0.1)
    assert found.mean.low < found.iqm.value < found.mean.high


def test_where_a_task_has_a_single_run_there_is_no_interval() -> None:
    scores = Scores([np.array([1.0]), np.array([2.0, 4.0])])
    found = whole(scores, np.array([1.5, 3.0]), above=False)
    assert (found.mean.value, found.profile.value.tolist()) == (2, [0.5, 0.75])
    assert all(np.isnan(end).all() for each in found for end in (each.low, each.high))
    assert np.isnan(improvement(scores, scores, higher=True).low)


@pytest.mark.parametrize(("runs", "tasks"), [(2, 2), (3, 4), (5, 2), (5, 6), (10, 3)])
def test_intervals_of_few_runs_cover_as_often_as_is_said(
    runs: int, tasks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregates, "SAMPLES", 1000)
    rng, studies = np.random.default_rng(0), 1000
    covered = 0
    for _ in range(studies):
        scores = Scores([rng.normal(task, 1, runs) for task in range(tasks)])
        found = scores.estimate(scores.mean)
        covered += found.low <= np.mean(range(tasks)) <= found.high
    assert covered / studies == pytest.approx(coverage(runs, tasks), abs=0.035)
    assert coverage(10_000, 3) == pytest.approx(0.95, abs=1e-3)


def test_a_profile_has_a_level_at_each_score_up_to_so_many() -> None:
    assert levels([np.array([3.0, 1.0]), np.array([1.0, 2.0])]).tolist() == [1, 2, 3]
    many = levels([np.arange(1000.0)])
    assert len(many) == aggregates.MOST_LEVELS and (many[0], many[-1]) == (0, 999)
