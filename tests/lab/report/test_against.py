"""A metric against a setting: what is drawn is what the table says, and which settings it can be drawn against."""

import polars as pl
import pytest
from matplotlib.axes import Axes

from src.lab.records.metrics import Axis, Meaning
from src.lab.report import against, compare

METRIC = "test/miss"
PERCENT = Meaning("%", "lower")


def frame(**groups: list[float | None]) -> pl.DataFrame:
    rows = [
        {"group": group.replace("__", " "), "seed": seed, METRIC: value}
        for group, values in groups.items()
        for seed, value in enumerate(values)
    ]
    same = {"status": "completed", "parameters": 1, "seconds": 1.0, "epochs": 2}
    return pl.DataFrame(rows).with_columns(**{name: pl.lit(value) for name, value in same.items()})


def drawn(groups: dict[str, list[float | None]], key: str = "lr", meaning: Meaning = PERCENT) -> Axes:
    runs = frame(**groups)
    figure = against.against(compare.summary(runs, METRIC, meaning), key, Axis(METRIC, meaning))
    (ax,) = figure.axes
    assert len(figure.legends) == (len(ax.containers) > 1)
    return ax


def points(ax: Axes) -> dict[str, tuple[list[float], list[float], list[float]]]:
    """By line x, mean and half the length of the bar."""
    found = {}
    for each in ax.containers:
        line, _, (bars,) = each.lines  # type: ignore[attr-defined]
        half = [(ends[1][1] - ends[0][1]) / 2 for ends in bars.get_segments() if len(ends)]  # none where it is NaN
        found[str(each.get_label())] = (line.get_xdata().tolist(), line.get_ydata().tolist(), half)
    return found


def test_a_line_a_model_of_means_and_spreads_in_the_order_of_the_setting() -> None:
    groups = {f"{model} lr={lr}": [9.0 + lr, 11.0 + lr] for model in ("wide", "plain") for lr in (1.0, 0.01, 0.1)}
    ax = drawn(groups | {"wide": [5.0], "wide lr=3": [None]})
    x, std = [0.01, 0.1, 1.0], pytest.approx([2**0.5] * 3)
    assert points(ax) == dict.fromkeys(("plain", "wide"), (x, pytest.approx([10.01, 10.1, 11]), std))
    assert list(points(ax)) == ["plain", "wide"]
    lines = [each.lines[0] for each in ax.containers]  # type: ignore[attr-defined]
    assert len({line.get_color() for line in lines}) == len({line.get_marker() for line in lines}) == 2
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_ylabel()) == ("log", "lr", "test miss (%)")
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.01", "0.1", "1"]
    assert ax.get_title(loc="left") == "Mean ± std over 2 seeds"
    assert ax.get_ylim()[0] == 0, "percentages begin at 0"


def test_it_says_over_how_many_seeds_where_some_groups_have_fewer() -> None:
    ax = drawn({"lr=1": [50.0, 51.0, 52.0], "lr=2": [52.0], "lr=3": [51.0, 53.0]})
    assert ax.get_title(loc="left") == "Mean ± std over 1 to 3 seeds"


def test_sizes_come_in_their_order() -> None:
    ax = drawn({f"size={size} lr={lr}": [1.0 * lr, 2.0] for size in (200, 20, 100) for lr in (1, 2, 3)})
    assert list(points(ax)) == ["size=20", "size=100", "size=200"]


def test_one_seed_has_no_spread_and_one_line_no_name() -> None:
    ax = drawn({"lr=1": [50.0], "lr=2": [52.0], "lr=3": [51.0]}, meaning=Meaning("USD", "lower"))
    ((x, mean, half),) = points(ax).values()
    assert (x, mean, half) == ([1, 2, 3], [50, 52, 51], [])
    assert ax.get_title(loc="left") == "One seed each"
    assert ax.get_ylim()[0] > 40, "other than percentages"


@pytest.mark.parametrize(
    ("values", "scale"), [((1, 5), "linear"), ((1, 2, 5.1), "log"), ((0, 9), "linear"), ((-2, 9), "linear")]
)
def test_an_axis_over_more_than_five_times_is_logarithmic(values: tuple[float, ...], scale: str) -> None:
    ax = drawn({f"lr={value}": [1.0] for value in values})
    assert ax.get_xscale() == scale
    assert ax.get_xticks().tolist() == list(values) and ax.get_xticks(minor=True).tolist() == []


def test_only_settings_with_three_numbers_are_drawn_against() -> None:
    assert against.numeric_keys(["a x=1", "a x=2", "a x=3 y=1", "a y=2"]) == ["x"]
    assert against.numeric_keys(["x=a", "x=b", "x=c", "x=1", "x=2", "x x=2", "y"]) == []


def test_a_setting_is_a_number_and_the_rest_of_the_label() -> None:
    assert against.setting("wide x=0.5 y=2", "x") == (0.5, "wide y=2")
    assert against.setting("wide x=[1,2]", "x") == (None, "wide x=[1,2]")
    assert against.setting("x y=1", "x") == (None, "x y=1")
    assert against.setting("x x=2", "x") == (2, "x")
    assert against.setting("xx=1 x=3", "x") == (3, "xx=1")
