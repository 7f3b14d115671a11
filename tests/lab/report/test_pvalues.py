import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from src.lab.report.pvalues import p_said, p_value
from src.lab.report.significance import ALPHA


@given(p=st.floats(0, 1) | st.floats(ALPHA - 1e-4, ALPHA + 1e-4))
@example(p=0.0496)
@example(p=ALPHA)
@example(p=0.049999999)
def test_a_p_value_is_printed_on_the_side_of_the_level_that_it_is_on(p: float) -> None:
    said = p_value(p)
    if p < 1e-4:
        assert said == "<0.0001"
    else:
        assert (float(said) < ALPHA) == (p < ALPHA)
        assert float(said) == pytest.approx(p, rel=0.051)


def test_p_values_have_two_digits_where_these_will_do() -> None:
    assert [p_value(p) for p in (None, 0.000123, 0.0456, 0.3, 0.0496, 0.0504)] == [
        "–", "0.00012", "0.046", "0.3", "0.0496", "0.05",
    ]  # fmt: skip


def test_sentences_say_that_the_smallest_are_small() -> None:
    assert [p_said(p) for p in (1e-5, 0.0496, 0.5)] == ["p < 0.0001", "p = 0.0496", "p = 0.5"]
