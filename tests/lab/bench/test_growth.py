"""Costs that grow as they are known to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from src.lab.bench import growth
from src.lab.bench.growth import Growth


def known(*ways: Callable[[int], float], at: tuple[int, ...] = (1, 10, 100, 1000)) -> Growth:
    """Ways whose cost at a size is a function of it."""
    named = {f"way {i}": lambda size, folder, cost=cost: cost(size) for i, cost in enumerate(ways)}
    return Growth("known", "what is known", "things", at, named, rounds=3)


def test_the_exponent_is_that_of_a_power_and_of_the_end() -> None:
    grown = growth.measure(known(lambda n: 3 * n**1.5, lambda n: 50 if n < 100 else n))
    assert grown.exponents("way 0") == pytest.approx((1.5, 1.5))
    whole, last = grown.exponents("way 1")
    assert last == pytest.approx(1) and 0 < whole < 1
    heading, *rows, _, end = growth.table(grown)
    assert heading == ["things", "way 0 (s)", "way 1 (s)"]
    assert rows[1] == ["10", "94.9", "50"] and end == ["of the last two", "1.50", "1.00"]


def test_where_another_way_gets_better_is_named() -> None:
    assert growth.measure(known(lambda n: n, lambda n: 31.6228)).crossings() == [
        "from 32 things on, way 1 is the better one"
    ]
    assert growth.measure(known(lambda n: 1.5, lambda n: n)).crossings() == [
        "from 1.5 things on, way 0 is the better one"
    ]
    assert growth.measure(known(lambda n: 2 * n, lambda n: n)).crossings() == [
        "way 1 is the better one at each of the sizes"
    ]


def test_the_median_of_the_rounds_counts() -> None:
    values = iter([1.0, 100.0, 2.0] * 2)
    grown = growth.measure(known(lambda n: next(values), at=(1, 2)))
    assert grown.costs == {"way 0": [2.0, 2.0]}


def test_tables_and_plots_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    growth.run([known(lambda n: n, lambda n: 31.6228)], ["known"], tmp_path)
    said = json.loads((tmp_path / "known.json").read_text())
    assert said["at"] == [1, 10, 100, 1000] and said["costs"]["way 0"] == [1, 10, 100, 1000]
    assert said["exponents"]["way 0"] == pytest.approx([1, 1])
    assert (tmp_path / "known.png").read_bytes().startswith(b"\x89PNG")
    assert "from 32 things on, way 1 is the better one" in capsys.readouterr().out
    with pytest.raises(ValueError, match="there is no other here: there are known"):
        growth.run([known(lambda n: n)], ["other"], tmp_path)
