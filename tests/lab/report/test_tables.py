"""Figures as people read them: the digits that count, the unit, and nothing where nothing is known."""

import polars as pl
import pytest

from src.lab.records.metrics import UNKNOWN, Meaning
from src.lab.records.reported import Figure
from src.lab.report import compare, tables

from .test_compare import LOWER, METRIC, frame


def cells(meaning: Meaning, *others: str, runs: pl.DataFrame) -> dict[str, list[str]]:
    """The summary's columns by heading."""
    table = compare.summary(runs, METRIC, meaning, others)
    headings, *rows = tables.summary_cells(table, METRIC, {METRIC: meaning})
    return dict(zip(headings, map(list, zip(*rows, strict=True)), strict=True))


@pytest.mark.parametrize(
    ("values", "shown", "extreme"),
    [
        ([0.00103, 0.00123, 0.00143], "0.00123 ± 0.00020", "0.00103 (0)"),
        ([246.9, 250.1, 253.3], "250.1 ± 3.2", "246.9 (0)"),
        ([100_000.0, 120_000.0, 110_000.0], "110000 ± 10000", "100000 (0)"),
        ([-0.5, 0.5, 0.0], "0.00 ± 0.50", "-0.50 (0)"),
    ],
)
def test_figures_have_two_digits_of_their_std(values: list[float | None], shown: str, extreme: str) -> None:
    found = cells(Meaning("USD", "lower"), runs=frame(a=values))
    assert found["miss (USD)"] == [shown]
    assert found["best (seed)"] == [extreme]
    assert "%" not in str(found).replace("95 %", "")


def test_percentages_have_two_digits_behind_the_point() -> None:
    found = cells(LOWER, runs=frame(a=[10.0, 14.0, 12.0]))
    assert found["miss (%)"] == ["12.00 ± 2.00"]
    assert found["95 % interval"] == ["7.03 to 16.97"]


def test_one_run_has_no_std_and_no_interval() -> None:
    found = cells(UNKNOWN, runs=frame(a=[250.123]))
    assert found["miss"] == ["250"]
    assert "95 % interval" not in found, "columns in which nothing stands are left out"
    assert (found["least (seed)"], found["most (seed)"]) == (["250 (0)"], ["250 (0)"])


def test_the_table_says_how_many_runs_have_the_metric() -> None:
    found = cells(LOWER, runs=frame(a=[1.0, None, 3.0], b=[None, None, None]))
    assert found["n"] == ["2", "0"]
    assert found["miss (%)"] == ["2.00 ± 1.41", "–"]
    assert "failed" not in found


def test_epochs_are_shown_where_they_vary() -> None:
    runs = frame(a=[1.0, 2.0])
    assert "epochs" not in cells(LOWER, runs=runs)
    assert cells(LOWER, runs=runs.with_columns(pl.Series("epochs", [4, 8])))["epochs"] == ["6 ± 3"]


def test_other_metrics_have_a_column_in_their_own_unit() -> None:
    runs = frame(a=[1.0, 2.0]).with_columns(pl.Series("val/loss", [0.51, 0.53]), pl.Series("test/r_2", [0.9, None]))
    table = compare.summary(runs, METRIC, LOWER, ["val/loss", "test/r_2"])
    headings, row = tables.summary_cells(table, METRIC, {METRIC: LOWER, "val/loss": Meaning("nats")})
    found = dict(zip(headings, row, strict=True))
    assert (found["val loss (nats)"], found["r 2"]) == ("0.520 ± 0.014", "0.90")


def test_what_somebody_states_stands_beside_what_was_measured() -> None:
    meanings = {METRIC: LOWER, "test/top_1": Meaning("%"), "test/rmse": Meaning("USD")}
    stated = lambda **figures: tables.stated(dict(figures), METRIC, meanings)  # noqa: E731
    assert stated(**{METRIC: Figure(2.48, 0.55)}) == "2.48 ± 0.55"
    assert stated(**{"test/top_1": Figure(9.6)}) == "top 1 9.60"
    assert stated(**{METRIC: Figure(4.7), "test/top_1": Figure(7.2), "val/epochs": Figure(6000)}) == (
        "4.70, top 1 7.20, val epochs 6,000"
    )
    assert stated(**{"test/rmse": Figure(250.12, 3.2)}) == "rmse 250.1 ± 3.2"
    assert stated() == "–"


def test_differences_have_a_row_a_group_and_say_what_was_compared() -> None:
    table = compare.differences(
        frame(a=[250.0, 240.0, 262.0], b=[350.0, 347.0, 361.0]), "a", METRIC, Meaning("USD", "lower")
    )
    headings, row = tables.difference_cells(table, "a", METRIC, Meaning("USD", "lower"))
    assert headings[:3] == ["against a: miss (USD)", "n", "difference ± 95 %"]
    assert row == ["b", "3", "+102 ± 11", "0.00061", "0.25", "0.00 (0.00 to 0.50)", "+23.40", "2"]


def test_a_table_is_markdown_too() -> None:
    assert tables.markdown([["group", "n"], ["a", "3"]]) == "| group | n |\n| --- | ---: |\n| a | 3 |\n"


def test_a_label_of_markdown_is_shown_as_it_is() -> None:
    shown = tables.markdown([["group", "n"], ["k=a|b `c` *d* <b> a\\b\nc", "3"]])
    assert shown.splitlines()[2] == r"| k=a\|b \`c\` \*d\* \<b> a\\b\\nc | 3 |"
    assert tables.literal("p < 0.0001, <0.0001") == "p < 0.0001, <0.0001"


def test_what_cannot_be_seen_is_written_out() -> None:
    assert tables.printable("Größe\t😀\x1b[1m\udcff\n") == r"Größe\t😀\x1b[1m\udcff\n"


def test_figures_that_nobody_reads_are_short() -> None:
    found = cells(LOWER, runs=frame(a=[1e300, 2e300, -3e300]))
    assert found["best (seed)"] == ["-3e+300 (2)"]
    assert max(len(cell) for column in found.values() for cell in column) < 40
