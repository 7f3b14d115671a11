"""The largest complete part of a cross, beside all that there are."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.report.variance import crosses
from src.lab.report.variance.crosses import Cross, largest_cross

ROWS, COLUMNS = ["0", "1", "2", "3"], [10, 11, 12, 13, 14]


@given(there=st.sets(st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS))))
def test_none_is_larger(there: set[tuple[str, int]]) -> None:
    some = list(chain.from_iterable(combinations(ROWS, n) for n in range(2, len(ROWS) + 1)))
    common = {rows: [column for column in COLUMNS if {(row, column) for row in rows} <= there] for rows in some}
    largest = max((len(rows) * len(columns) for rows, columns in common.items() if len(columns) >= 2), default=0)
    found = largest_cross(there, ROWS, COLUMNS)
    if found is None:
        assert largest == 0
    else:
        assert {(row, column) for row in found.rows for column in found.columns} <= there
        assert len(found.rows) * len(found.columns) == largest
        assert min(len(found.rows), len(found.columns)) >= 2


def test_a_complete_one_is_all_of_it_in_order() -> None:
    whole = {(row, column) for row in ROWS for column in COLUMNS}
    assert largest_cross(whole, ROWS, COLUMNS) == Cross(ROWS, COLUMNS)
    assert largest_cross(whole - {("1", 12)}, ROWS, COLUMNS) == Cross(ROWS, [10, 11, 13, 14])
    assert largest_cross(whole - {("1", column) for column in (11, 12, 13)}, ROWS, COLUMNS) == Cross(
        ["0", "2", "3"], COLUMNS
    )


def test_one_of_which_too_much_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosses, "MOST_PARTS", 10)
    rows = list(map(str, range(20)))
    with pytest.raises(ValueError, match="too many runs of the cross are missing"):
        largest_cross({(row, i) for row in rows for i in range(20) if i != int(row)}, rows, range(20))
