"""Schedules, by hand."""

import pytest

from src.minidl import constant, cosine, linear, step


def test_schedules() -> None:
    assert [constant()(e) for e in (0, 9)] == [1, 1]
    assert [linear(4)(e) for e in range(6)] == [1, 0.75, 0.5, 0.25, 0, 0]
    assert [linear(4, 0.5)(e) for e in (0, 2, 4, 9)] == [1, 0.75, 0.5, 0.5]
    assert [cosine(4)(e) for e in (0, 2, 4, 9)] == pytest.approx([1, 0.5, 0, 0])
    assert [cosine(4, 0.2)(e) for e in (0, 2, 4)] == pytest.approx([1, 0.6, 0.2])
    assert [step(2, 0.5)(e) for e in range(5)] == [1, 1, 0.5, 0.5, 0.25]
    assert step(2)(3) == 0.1
