import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.decision.boundaries import levels
from src.lab.decision.contest import Contest, Question, judge
from src.lab.decision.look import look

from .simulated import decided


def after_one_look(question: Question, *differences: np.ndarray) -> list[Contest]:
    contests = [Contest(str(place)) for place in range(len(differences))]
    judge(contests, {str(place): values for place, values in enumerate(differences)}, question)
    return contests


def test_a_clear_difference_is_decided_early_and_a_small_one_never() -> None:
    rng = np.random.default_rng(0)
    differences = np.array([rng.normal(2, 1, 200), rng.normal(-3, 1, 200), rng.normal(0, 1, 200)])
    higher, lower, same = decided(differences, Question())
    assert (higher.verdict, lower.verdict, same.verdict) == ("higher", "lower", None)
    assert lower.seeds <= higher.seeds <= 35
    assert same.seeds == 200


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_at_a_single_look_it_is_holms_procedure(seed: int, groups: int) -> None:
    rng = np.random.default_rng(seed)
    differences = rng.normal(rng.uniform(0, 1, size=(groups, 1)), 1, size=(groups, 30))
    contests = after_one_look(Question(most=30), *differences)
    p_values = sorted(look(values).p() for values in differences)
    rejected = 0
    while rejected < groups and p_values[rejected] <= 0.05 / (groups - rejected):
        rejected += 1
    assert sum(each.verdict is not None for each in contests) == rejected


@given(st.integers(0, 10_000), st.sampled_from([None, 0.3]))
def test_decision_interval_and_p_value_never_contradict_each_other(seed: int, margin: float | None) -> None:
    rng = np.random.default_rng(seed)
    question = Question(margin, most=60)
    shifts = rng.uniform(-1, 1, size=(3, 1))
    for each in decided(rng.normal(shifts, 1, size=(3, 60)), question):
        low, high = each.interval(question)
        differs = each.verdict in ("higher", "lower")
        assert differs == (low > 0 or high < 0)
        assert differs == (each.p(question) <= question.alpha * 1.01) or each.p(question) == pytest.approx(
            0.05, rel=0.02
        )
        assert each.verdict != "within" or (margin is not None and -margin < low and high < margin)


def test_within_a_margin_is_decided_with_far_fewer_seeds_than_the_most() -> None:
    rng = np.random.default_rng(2)
    contests = decided(rng.normal(0, 1, size=(2, 200)), Question(margin=0.8))
    assert [each.verdict for each in contests] == ["within", "within"]
    assert all(each.seeds <= 49 for each in contests)


def test_a_decided_group_hands_its_share_on_unless_there_is_a_margin() -> None:
    rng = np.random.default_rng(3)
    clear, other = rng.normal(5, 1, 30), rng.normal(0, 1, 30)
    without = after_one_look(Question(most=30), clear, other)
    with_one = after_one_look(Question(0.01, most=30), clear, other)
    assert [each.share for each in without] == [0.025, 0.05]
    assert [each.share for each in with_one] == [0.025, 0.025]
    assert without[1].level(Question(most=30)) == pytest.approx(levels((30,), 30, 0.05)[0])


def test_what_is_foreseen_is_about_what_it_takes() -> None:
    """With the true effect in the place of the estimated one, four of five studies are decided by then."""
    rng, question, planned = np.random.default_rng(4), Question(), (6, 9, 12, 17, 24, 35, 49, 70, 99, 141, 200)
    values = np.concatenate([rng.normal(size=12)])
    values = (values - values.mean()) / values.std(ddof=1) + 0.7
    (contest,) = after_one_look(question, values)
    more = contest.more(question, planned)
    assert more is not None
    share = np.mean([decided(rng.normal(0.7, 1, size=(1, 200)), question)[0].seeds <= 12 + more for _ in range(400)])
    assert share >= 0.75
    values = values - 0.7 + 0.01
    (contest,) = after_one_look(question, values)
    assert contest.more(question, planned) is None, "200 would not tell a hundredth of a std"


@pytest.mark.parametrize(
    "question", [Question(margin=-1), Question(margin=0), Question(most=2), Question(alpha=0), Question(power=1)]
)
def test_numbers_that_mean_nothing_are_refused(question: Question) -> None:
    with pytest.raises(ValueError, match="won't do"):
        question.checked()
