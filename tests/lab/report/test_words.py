"""What a difference is worth, in a sentence: in the right direction and unit."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from src.lab.records.metrics import Meaning
from src.lab.report import compare, words
from src.lab.report.report import Report

from .test_compare import HIGHER, LOWER, METRIC, NEITHER, frame


def said(runs: pl.DataFrame, baseline: str, meaning: Meaning) -> list[str]:
    table = compare.differences(runs, baseline, METRIC)
    return [words.sentence(row, baseline, meaning) for row in table.iter_rows(named=True)]


def test_words_say_what_the_figures_mean() -> None:
    seeds = np.random.default_rng(1)
    a, noise = seeds.normal(2, 0.1, 10), seeds.normal(0, 0.4, 10)
    runs = frame(a=list(a), close=list(a + 0.1 + noise), far=list(a + 5 + noise), same=list(a), lone=[9.0])
    close, far, same, lone = said(runs, "a", LOWER)
    assert far.startswith("a beats far by 4.94 ± ") and far.endswith("points: 10 seeds, p < 0.0001")
    assert "not distinguishable with 10 seeds; about" in close
    assert same == "a equals same in the mean of 10 seeds"
    assert lone.endswith("on one seed: that says nothing")


def test_the_same_difference_on_each_seed_is_no_evidence() -> None:
    two, six = frame(a=[1.0, 2.0], b=[3.0, 4.0]), frame(a=[1.0, *range(2, 7)], b=[3.0, *range(4, 9)])
    assert said(two, "a", LOWER) == [
        "a is ahead of b by 2.00 points on each of 2 seeds: without a spread, that says little"
    ]
    assert said(six, "a", LOWER) == ["a beats b by 2.00 points on each of 6 seeds, p = 0.031 by signed ranks"]


def test_groups_without_a_common_seed_are_said_to_have_none() -> None:
    runs = pl.concat([frame(a=[1.0, 2.0]), frame(b=[1.0, 2.0]).with_columns(pl.col("seed") + 5)])
    assert said(runs, "a", LOWER) == ["b and a have no seed in common"]


def test_the_better_one_beats_the_other_whichever_is_the_baseline() -> None:
    runs = frame(high=[90.0, 91.5, 92.0], low=[80.0, 82.0, 81.0])
    for baseline in "high", "low":
        (lower,), (higher,) = said(runs, baseline, LOWER), said(runs, baseline, HIGHER)
        assert lower.startswith("low beats high by 10.17 ± ")
        assert higher.startswith("high beats low by 10.17 ± ")


def test_without_a_direction_nothing_beats_anything() -> None:
    runs = frame(high=[90.0, 91.5, 92.0], low=[80.0, 82.0, 81.0], close=[79.0, 82.5, 81.0], lone=[1.0])
    for baseline in "high", "low":
        sentences = said(runs, baseline, NEITHER)
        assert not [sentence for sentence in sentences if "beats" in sentence]
        assert [sentence for sentence in sentences if sentence.startswith("high is higher than low by 10.17 ± ")]


def test_a_difference_has_the_unit_of_its_metric_and_the_digits_that_count() -> None:
    prices = frame(a=[250.0, 240.0, 262.0], b=[350.0, 347.0, 361.0])
    assert said(prices, "a", Meaning("USD", "lower")) == ["a beats b by 102 ± 11 USD: 3 seeds, p = 0.00061"]
    scores = frame(a=[0.00123, 0.00151, 0.00133], b=[0.00161, 0.00180, 0.00168])
    (plain,) = said(scores, "a", Meaning("", "lower"))
    assert plain.startswith("a beats b by 0.00034 ± 0.00011: 3 seeds, p = ")
    (points,) = said(prices, "a", LOWER)
    assert points.startswith("a beats b by 102.00 ± 10.83 points")
    lone = frame(a=[250.0], b=[350.5])
    assert said(lone, "a", Meaning("USD", "lower")) == ["a is ahead of b by 100 USD on one seed: that says nothing"]


def test_what_was_tested_on_other_data_is_said_to_be() -> None:
    runs = frame(a=[1.0, 2.0], b=[1.0, 2.0]).with_columns(pl.Series("tested_on", ["x", "x", "y", "y"]))
    assert said(runs, "a", LOWER) == ["b and a were tested on other data: not compared"]


def test_folds_are_counted_as_what_they_are() -> None:
    runs = frame(a=[1.0, 2.0, 3.0, 4.0], b=[2.0, 3.5, 4.0, 6.0])
    runs = runs.with_columns(pl.col("seed") // 2, fold=pl.col("seed") % 2)
    assert said(runs, "a", LOWER)[0].startswith("a beats b by 1.38 ± 0.83 points: 4 folds, p = ")
    none = runs.with_columns(pl.when(pl.col("group") == "a").then("fold").alias("fold"))
    assert said(none.with_columns(pl.col("seed") // 9), "a", LOWER) == ["b and a have no fold in common"]


def test_a_legend_says_what_stands_there_and_no_more() -> None:
    def read(shown: Sequence[str] | None = None, better: str | None = "lower", **groups: list[float | None]) -> str:
        runs = frame(**groups).with_columns(objective=pl.lit(METRIC), better=pl.struct(pl.lit(better).alias(METRIC)))
        return " ".join(Report(runs, METRIC, baseline="a").notes(shown))

    assert read(a=[1.0]) == ""
    said = "To read: mean ± std of n runs; 95 % interval: Student's, of the mean"
    assert read(a=[1.0, 2.0]).startswith(said) and read(["group", "n"], a=[1.0, 2.0]) == said.partition(";")[0]
    two = read(a=[1.0, 2.0, 4.0], b=[2.0, 3.5, 9.0])
    assert "Holm" not in two and two.endswith("seeds needed: in all, to tell such a difference with a power of 80 %")
    assert "to a, paired by seed, ± half a 95 % interval, + is worse" in two and "P(better): how probable" in two
    assert "+ is higher" in read(better=None, a=[1.0, 2.0, 4.0], b=[2.0, 3.5, 9.0])
    narrow = read(["group", "n", "difference ± 95 %"], a=[1.0, 2.0, 4.0], b=[2.0, 3.5, 9.0])
    assert "paired" in narrow and not any(name in narrow for name in ("P(better)", "seeds needed", "effect size"))
    assert "Holm for 2 comparisons" in read(a=[1.0, 2.0, 4.0], b=[2.0, 3.5, 9.0], c=[2.0, 4.5, 8.0], lone=[3.0])


def test_a_group_that_cannot_be_tested_asks_no_more_seeds_of_the_others() -> None:
    rows = [
        compare.differences(frame(a=[1.0, 2.0, 4.0], b=[2.0, 3.5, 9.0], **more), "a", METRIC).row(0, named=True)
        for more in ({}, {"lone": [3.0]}, {"c": [2.0, 4.5, 8.0]})
    ]
    assert rows[0]["needed"] == rows[1]["needed"] < rows[2]["needed"]
