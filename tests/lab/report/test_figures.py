"""Figures of a report have the right elements: what is drawn is what is true of the runs."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import scipy.stats

from src.lab.dashboard import style
from src.lab.records.curves import Band
from src.lab.records.metrics import Axis, Meaning
from src.lab.records.runs import load
from src.lab.report import compare, drawn, figures, labels
from src.lab.report.dots import Against
from src.lab.report.report import Report
from tests.lab.records.written import write

METRIC = "test/miss"
LOWER = Meaning("%", "lower")
AXIS = Axis(METRIC, LOWER)
WATCHED = Axis("val/miss", LOWER)


def runs() -> pl.DataFrame:
    rows = [
        {
            "group": group,
            "seed": seed,
            "status": "completed",
            METRIC: miss + seed,
            "parameters": 1,
            "seconds": 1.0,
            "epochs": 2,
        }
        for group, miss in (("wide", 5.0), ("plain", 9.0))
        for seed in range(4)
    ]
    return pl.DataFrame(rows)


def band(*means: float) -> Band:
    return Band(np.arange(len(means)), np.array(means), np.full(len(means), 0.5))


def test_every_seed_is_a_dot_and_the_best_group_comes_first() -> None:
    table = compare.summary(runs(), METRIC, LOWER)
    (ax,) = figures.seeds(runs(), table, AXIS).axes
    dots = [sorted(line.get_xdata()) for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert dots == [[5, 6, 7, 8], [9, 10, 11, 12]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["wide (n = 4)", "plain (n = 4)"]
    means = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D" and len(line.get_xdata())]
    assert means == [6.5, 10.5]
    assert ax.get_xlabel() == "test miss (%)"


@pytest.mark.parametrize(("unit", "label"), [("USD", "test top 1 (USD)"), ("", "test top 1")])
def test_an_axis_is_named_by_its_metric_and_unit(unit: str, label: str) -> None:
    assert Axis("test/top_1", Meaning(unit)).label == label


def test_runs_without_the_metric_are_no_dots() -> None:
    some = runs().with_columns(pl.when(pl.col("seed") > 1).then(None).otherwise(METRIC).alias(METRIC))
    some = some.with_columns(pl.when(pl.col("group") == "plain").then(None).otherwise(METRIC).alias(METRIC))
    (ax,) = figures.seeds(some, compare.summary(some, METRIC, LOWER), AXIS).axes
    dots = [sorted(line.get_xdata()) for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert dots == [[5, 6]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["wide (n = 2)", "plain (n = 0)"]


def test_curves_have_a_line_and_a_band_for_each_group() -> None:
    (ax,) = figures.curves({"wide": band(3.0, 2.0, 1.0), "plain": band(3.0, 2.0, 1.0)}, WATCHED, 2).axes
    assert len(ax.lines) == len(ax.collections) == 2
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]  # type: ignore[union-attr]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epochs", "val miss (%)")


def test_of_many_groups_the_best_are_drawn_and_the_others_counted() -> None:
    many = pl.concat(runs().with_columns(pl.lit(f"k={k}").alias("group"), pl.col(METRIC) + k) for k in range(300))
    table = compare.summary(many.unique(["group", "seed"]), METRIC, LOWER)
    figure = figures.summary(many, table, AXIS, None, {}, WATCHED)
    (ax,) = figure.axes
    assert len(ax.get_yticklabels()) == figures.MOST
    assert ax.get_title("left") == f"The best {figures.MOST} of 300 groups"
    assert figure.get_size_inches()[1] < 25


def test_a_long_name_is_folded_and_a_formula_is_none() -> None:
    long = " ".join(f"model.some.option_{i}=0.12345" for i in range(12))
    lines = labels.name(long).split("\n")
    assert len(lines) == 2 and max(map(len, lines)) <= labels.WIDE + 2
    assert (lines[0].startswith("model.some.option_0"), lines[1].endswith("option_11=0.12345")) == (True, True)
    (ax,) = figures.curves({"_$\\no$ $x$": band(1.0, 2.0)}, Axis("val/$x$_$y$", LOWER), 2).axes
    style.png(ax.figure)  # type: ignore[arg-type]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [r"\$\no\$ \$x\$"]  # type: ignore[union-attr]


@pytest.mark.parametrize("late", [[np.nan, np.inf], [5.0, np.nan], [np.inf, 3.0]])
def test_curves_of_what_diverged_are_drawn_as_far_as_they_go(late: list[float]) -> None:
    (ax,) = figures.curves({"wide": band(3.0, *late), "lost": band(*late)}, WATCHED, 2).axes
    style.png(ax.figure)  # type: ignore[arg-type]
    assert np.isfinite(ax.get_ylim()).all()


def test_curves_under_zero_are_seen_whole() -> None:
    """A log-likelihood, or an r2."""
    (ax,) = figures.curves({"wide": band(-300.0, -150.0, -100.0)}, Axis("val_ll", Meaning()), 2).axes
    low, high = ax.get_ylim()
    assert low < -300 and high > -100


def against(frame: pl.DataFrame, baseline: str) -> Against:
    return Against(baseline, compare.differences(frame, baseline, METRIC, LOWER))


def test_a_group_has_its_look_beside_and_in_its_curve() -> None:
    table = compare.summary(runs(), METRIC, LOWER)
    found = {group: band(3.0, 2.0) for group in table["group"]}
    axes = figures.summary(runs(), table, AXIS, against(runs(), "wide"), found, WATCHED).axes
    looks = [
        [
            (line.get_color(), line.get_marker())
            for line in ax.lines
            if line.get_alpha() == 0.5 and len(line.get_xdata())
        ]  # type: ignore[arg-type]
        for ax in axes[:2]
    ]
    assert looks[0] == [(line.get_color(), line.get_marker()) for line in axes[2].lines]
    assert looks[1] == looks[0][1:], "the other is the baseline"
    assert axes[2].get_title("left") == "Mean ± std over seeds,\ncoloured as on the left"
    assert len(figures.summary(runs(), table, AXIS, None, {}, WATCHED).axes) == 1


def test_differences_are_those_of_the_pairs_with_the_interval_of_the_table() -> None:
    rng = np.random.default_rng(0)
    shuffled = runs().with_columns(pl.Series(METRIC, rng.normal(5, 1, 8)).alias(METRIC)).sample(8, shuffle=True, seed=1)
    table = compare.summary(shuffled, METRIC, LOWER)
    (ax,) = figures.differences(shuffled, table, AXIS, against(shuffled, "plain")).axes
    wide, plain = (
        shuffled.filter(pl.col("group") == group).sort("seed")[METRIC].to_numpy() for group in ("wide", "plain")
    )
    (dots,) = (line for line in ax.lines if line.get_alpha() == 0.5 and len(line.get_xdata()))  # type: ignore[arg-type]
    np.testing.assert_allclose(sorted(dots.get_xdata()), sorted(wide - plain))
    (bar,) = (each for each in ax.collections if len(each.get_segments()))  # type: ignore[attr-defined]
    test = scipy.stats.ttest_rel(wide, plain).confidence_interval()
    np.testing.assert_allclose(bar.get_segments()[0][:, 0], [test.low, test.high])  # type: ignore[attr-defined]
    assert ax.get_xlabel() == "test miss (points), less that of\nplain"
    assert [text.get_text() for text in ax.texts] == ["baseline"]


def test_what_can_not_be_compared_is_said_to_be_so() -> None:
    frame = pl.concat(
        [runs(), runs().filter(pl.col("group") == "wide").with_columns(group=pl.lit("odd"), seed=pl.col("seed") + 9)]
    )
    (ax,) = figures.differences(frame, compare.summary(frame, METRIC, LOWER), AXIS, against(frame, "wide")).axes
    assert sorted(text.get_text() for text in ax.texts) == ["baseline", "not compared"]


def test_groups_without_a_curve_are_hollow_beside_those_that_have_one() -> None:
    table = compare.summary(runs(), METRIC, LOWER)
    (ax,) = figures.seeds(runs(), table, AXIS, ["wide"]).axes
    faces = [line.get_markerfacecolor() for line in ax.lines if line.get_alpha() == 0.5 and len(line.get_xdata())]  # type: ignore[arg-type]
    assert faces == [style.BLUE, "none"]


def test_one_epoch_is_seen_too() -> None:
    (ax,) = figures.curves({"wide": band(3.0)}, WATCHED, 1).axes
    assert ax.lines[0].get_marker() == "o"
    assert all(x == round(x) for x in ax.get_xticks())


def test_what_was_measured_once_is_no_course(tmp_path: Path) -> None:
    for seed in range(2):
        place = write(tmp_path / str(seed), "plain", seed, 1.0)
        (place / "metrics.csv").write_text("epoch,val/miss\n0,3.0\n")
    report = Report(load([tmp_path]))
    assert list(drawn.panels(report)) == ["Every seed"]
    for path in tmp_path.rglob("metrics.csv"):
        path.write_text("epoch,val/miss\n0,3.0\n1,2.0\n")
    assert list(drawn.panels(Report(load([tmp_path])))) == ["Every seed", "How they learned"]
