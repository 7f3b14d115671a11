"""Figures over several tasks beside those of rliable itself, which runs in a process of its own."""

import json
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from src.lab.report.estimates import Estimate
from src.lab.report.over.aggregates import Scores, improvement

SAMPLES = 3000  # by rliable, which takes a millisecond for each
THEIRS = """
import json, sys
import numpy as np
from rliable import library, metrics

def listed(found):
    return {name: np.asarray(each).tolist() for name, each in found.items()}

asked = json.load(sys.stdin)
scores = {name: np.array(each) for name, each in asked["scores"].items()}
levels, samples = np.array(asked["levels"]), asked["samples"]
both = lambda x: np.array([metrics.aggregate_mean(x), metrics.aggregate_iqm(x)])
chance = np.random.RandomState(0)
aggregates = library.get_interval_estimates(scores, both, reps=samples, random_state=chance)
profiles = library.create_performance_profile(scores, levels, reps=samples)
pair = {"pair": tuple(scores.values())}
improved = library.get_interval_estimates(pair, metrics.probability_of_improvement, reps=samples, random_state=chance)
json.dump([*map(listed, (*aggregates, *profiles, *improved))], sys.stdout)
"""
LEVELS = np.linspace(-1, 8, 46)  # some on scores, some between


def drawn(runs: int, tasks: int, shift: float, seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    return np.round(rng.normal(3, 1, (runs, tasks)) + shift + np.arange(tasks) / 2, 1)


SCORES = {
    "ten runs, four tasks": (drawn(10, 4, 0, 0), drawn(10, 4, 0.4, 1)),
    "no multiple of four": (drawn(7, 3, 0, 2), drawn(9, 3, 0.1, 3)),
    "three runs": (drawn(3, 5, 0, 4), drawn(3, 5, 1, 5)),
    "one task": (drawn(20, 1, 0, 6), drawn(20, 1, 0, 7)),
}


@cache
def theirs(case: str) -> list[dict[str, Any]]:
    first, second = SCORES[case]
    asked = {"scores": {"a": first.tolist(), "b": second.tolist()}, "levels": LEVELS.tolist(), "samples": SAMPLES}
    call = [sys.executable, "-W", "ignore", "-c", THEIRS]
    done = subprocess.run(call, input=json.dumps(asked), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [{name: np.array(each) for name, each in found.items()} for found in json.loads(done.stdout)]


def ours(scores: np.ndarray[Any, Any]) -> Scores:
    return Scores([*scores.T])


def near(found: Estimate, value: Any, interval: Any, step: float = 0.0) -> None:
    """The statistic itself to the last digits; the ends of the interval to what chance does to them, 8 % of its width
    (four times their standard error), or one step where they come in steps.
    """
    low, high = np.array(interval).reshape(2, -1)
    assert found.value == pytest.approx(value, abs=1e-12)
    for end, theirs in ((found.low, low), (found.high, high)):
        assert (np.abs(end - theirs) <= np.maximum(0.08 * (high - low), step)).all()


needs_rliable = pytest.mark.skipif(find_spec("rliable") is None, reason="rliable is not installed; .ci/run does it")


@needs_rliable
@pytest.mark.long(keep=1)
@pytest.mark.parametrize("case", SCORES)
def test_means_interquartile_means_and_their_intervals_are_those_of_rliable(case: str) -> None:
    values, intervals, *_ = theirs(case)
    for name, each in zip("ab", SCORES[case], strict=True):
        scores = ours(each)
        found = scores.estimate(lambda counts, s=scores: np.column_stack([s.mean(counts), s.iqm(counts)]))
        near(found, values[name], intervals[name])


@needs_rliable
@pytest.mark.long(keep=1)
@pytest.mark.parametrize("case", SCORES)
def test_profiles_and_their_bands_are_those_of_rliable(case: str) -> None:
    _, _, values, intervals, *_ = theirs(case)
    for name, each in zip("ab", SCORES[case], strict=True):
        scores, step = ours(each), 1.001 / each.size
        above = scores.estimate(lambda counts, s=scores: s.profile(counts, LEVELS, above=True))
        at_most = scores.estimate(lambda counts, s=scores: s.profile(counts, LEVELS, above=False))
        near(above, values[name], intervals[name], step)
        near(at_most, 1 - values[name], 1 - intervals[name][::-1], step)


@needs_rliable
@pytest.mark.long(keep=1)
@pytest.mark.parametrize("case", SCORES)
def test_the_probability_of_improvement_is_that_of_rliable(case: str) -> None:
    *_, values, intervals = theirs(case)
    first, second = map(ours, SCORES[case])
    near(improvement(first, second, higher=True), values["pair"], intervals["pair"])
    flipped = improvement(second, first, higher=False)
    assert flipped.value == pytest.approx(values["pair"], abs=1e-12)
