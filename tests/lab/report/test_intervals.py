"""The intervals of a group beside that of its mean by t: of its std, and of a mean of skewed figures."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from src.lab.records.metrics import Meaning
from src.lab.records.runs import load
from src.lab.report import compare, significance, skewed, tables, words
from src.lab.report.report import Report
from tests.lab.records.written import write

from .test_compare import LOWER, METRIC, frame

FEW_HARDLY_LEARN = [2.0, 2.1, 1.9, 2.2, 2.3, 1.8, 2.0, 2.1, 30.2, 2.2]


def column(heading: str, **groups: list[float | None]) -> list[str]:
    """Of the summary; nothing where it is left out."""
    headings, *rows = tables.summary_cells(compare.summary(frame(**groups), METRIC, LOWER), METRIC, {METRIC: LOWER})
    return [row[headings.index(heading)] for row in rows] if heading in headings else []


@given(values=st.lists(st.integers(0, 1000), min_size=2, max_size=40).filter(lambda values: len(set(values)) > 1))
def test_the_interval_of_a_std_is_that_of_chi_square(values: list[int]) -> None:
    figures = np.array(values) / 10
    found = significance.intervals(figures)
    freedom, std = len(values) - 1, float(np.std(figures, ddof=1))
    if skewed.is_skewed(figures):
        assert (found["std_low"], found["std_high"]) == (None, None), "it holds of normal ones"
        assert (found["bca_low"], found["bca_high"]) == skewed.interval(figures)
    else:
        low, high = std * np.sqrt(freedom / stats.chi2.ppf([0.975, 0.025], freedom))
        assert (found["std_low"], found["std_high"]) == (pytest.approx(low), pytest.approx(high))
        assert (found["bca_low"], found["bca_high"]) == (None, None)


@pytest.mark.parametrize("n", [2, 3, 5, 10, 29])
def test_the_interval_of_a_std_holds_the_true_one_in_95_of_100_studies(n: int) -> None:
    ends = [significance.intervals(values) for values in np.random.default_rng(n).normal(3, 0.4, (2000, n))]
    known = [each for each in ends if each["std_low"] is not None]
    held = np.mean([(each["std_low"] or 0) <= 0.4 <= (each["std_high"] or 0) for each in known])
    assert held == pytest.approx(0.95, abs=0.015)
    assert len(known) >= 0.98 * len(ends)


def test_the_std_of_many_seeds_stands_alone() -> None:
    many: list[float | None] = [*np.random.default_rng(0).normal(2, 0.5, 30)]
    few = many[:10]
    shown = column("std 95 %", few=few, many=many)
    assert len(shown) == 2 and shown.count("–") == 1
    assert column("std 95 %", many=many) == []
    table = compare.summary(frame(many=many), METRIC, LOWER)
    assert table["std_low"].is_not_null().all(), "in the files it stands"


def test_figures_that_are_all_the_same_have_no_interval() -> None:
    for values in [1.7, 1.7, 1.7], [0.1 + 0.2, 0.3], [0.0, 0.0]:
        assert significance.intervals(np.array(values)) == dict.fromkeys(significance.INTERVALS)
    assert column("95 % interval", a=[1.7, 1.7, 1.7]) == []


def test_a_group_in_which_few_hardly_learn_has_an_interval_that_allows_for_it() -> None:
    normal = [3.0 + each / 10 for each in range(10)]
    low, high = skewed.interval(np.array(FEW_HARDLY_LEARN))
    assert column(tables.SKEWED, a=[*FEW_HARDLY_LEARN], b=[*normal]) == ["–", f"{low:.2f} to {high:.2f}"]
    assert high - np.mean(FEW_HARDLY_LEARN) > 2 * (np.mean(FEW_HARDLY_LEARN) - low)
    assert column(tables.SKEWED, b=[*normal]) == []


def test_the_same_goes_for_differences_and_a_line_says_why(tmp_path: Path) -> None:
    for seed, miss in enumerate(FEW_HARDLY_LEARN):
        write(tmp_path, "often", seed, miss)
        write(tmp_path, "steady", seed, 1.0 + seed / 10)
    report = Report(load([tmp_path]))
    _, differences = report.cells()
    headings, row = differences
    values = np.array(FEW_HARDLY_LEARN) - 1 - np.arange(10) / 10
    low, high = skewed.interval(values)
    assert row[headings.index(tables.SKEWED)] == f"{low:.2f} to {high:.2f}"
    (said,) = [each for each in report.sentences() if "skewed" in each]
    assert said.startswith("often, often against steady: more skewed than 99 of 100 samples of normal values, so ")
    report.write(tmp_path / "out")
    text = (tmp_path / "out" / "summary.md").read_text()
    assert said in text and tables.SKEWED in text
    assert pl.read_csv(tmp_path / "out" / "summary.csv")["bca_high"].is_not_null().sum() == 1


def test_a_line_names_three_and_says_how_many_more() -> None:
    assert words.skewed([]) == []
    (said,) = words.skewed([*"abcde"])
    assert said.startswith("a, b, c and 2 more: ")


@given(values=st.lists(st.floats(0, 100), min_size=2, max_size=10), shift=st.sampled_from([0, -30, 70]))
def test_an_interval_of_parts_of_a_whole_stays_within_it(values: list[float], shift: int) -> None:
    row = compare.summary(frame(a=[value + shift for value in values]), METRIC, LOWER).row(0, named=True)
    if row["half"] is not None:
        within = all(0 <= value + shift <= 100 for value in values)
        low, high = row["mean"] - row["half"], row["mean"] + row["half"]
        assert (row["low"], row["high"]) == ((max(low, 0), min(high, 100)) if within else (low, high))
        other = compare.summary(frame(a=[*values]), METRIC, Meaning("USD", "lower")).row(0, named=True)
        assert other["low"] == other["mean"] - other["half"]
