"""Runs that failed: what is compared without them says so, and nobody wins by the few that are left."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from src.lab.records.metrics import Meaning
from src.lab.records.runs import load
from src.lab.report import compare, lost, tables, words
from src.lab.report.report import Report
from tests.lab.records.written import write

from .test_compare import LOWER, METRIC, NEITHER, frame

DIVERGED = "FloatingPointError: diverged: train/loss is nan in epoch 3; try a smaller learning rate"


def ended(groups: dict[str, list[float | str]]) -> pl.DataFrame:
    """Runs by group, each with its figure or how it ended in the place of that."""
    figures = {name: [v if isinstance(v, float) else None for v in values] for name, values in groups.items()}
    ways = [value if isinstance(value, str) else "completed" for values in groups.values() for value in values]
    status = {"diverged": "failed", "unmeasured": "completed"}
    return frame(**figures).with_columns(
        status=pl.Series([status.get(way, way) for way in ways]),
        error=pl.Series([{"diverged": DIVERGED, "failed": "OSError: why"}.get(way) for way in ways], dtype=pl.String),
    )


def said(groups: dict[str, list[float | str]], meaning: Meaning = LOWER, baseline: str = "b") -> str:
    (row,) = compare.differences(ended(groups), baseline, METRIC, meaning).iter_rows(named=True)
    return words.sentence(row, baseline, meaning)


A = [1.0, 1.13, 0.92, 1.21, 1.04, 0.97, 1.18, 1.09, 0.88, 1.3]
B = [3.07, 3.21, 2.85, 3.33, 3.12, 3.0, 3.14, 3.2, 2.9, 3.41]
ONE = "p < 0.0001"


def test_a_run_or_two_that_are_left_out_are_said_to_be() -> None:
    assert said({"a": A, "b": B}).endswith(f"10 seeds, {ONE}")
    assert said({"a": ["failed", *A[1:]], "b": B}).endswith(f"9 seeds, {ONE}; a failed on 1 of 10 seeds, left out")
    both = said({"a": [*A[:9], "interrupted"], "b": [*B[:4], "failed", "diverged", *B[6:]]})
    assert both.startswith("a beats b by 2.0")
    ends = "7 seeds, p < 0.0001; a was interrupted on 1 of 10 seeds and b diverged on 1 and failed on 1 of 10 seeds"
    assert both.endswith(f"{ends}, left out")
    assert "a has no figure on 1 of 10 seeds" in said({"a": ["unmeasured", *A[1:]], "b": B})


def test_who_lost_more_than_a_few_does_not_win() -> None:
    mostly = said({"a": [*A[:3], *["diverged"] * 7], "b": B})
    assert mostly.startswith("where both have a figure, a is better than b by 2.03 ± 0.21 points: 3 seeds, p = ")
    assert "; but a diverged on 7 of 10 seeds, of which that says nothing; with what" in mostly
    assert mostly.endswith("with what diverged as the worst, P(a is better) = 0.30 (0.13 to 0.56)")
    assert "beats" not in mostly
    failed = said({"a": [*A[:8], "failed", "failed"], "b": B})
    assert failed.startswith("where both") and failed.endswith(
        "but a failed on 2 of 10 seeds, of which that says nothing"
    )
    swapped = said({"a": B, "b": [*A[:3], *["diverged"] * 7]})
    assert swapped.endswith("P(b is better) = 0.30 (0.13 to 0.56)")


def test_who_is_beaten_may_have_lost_as_many_as_it_likes() -> None:
    assert said({"a": A, "b": [*B[:3], *["diverged"] * 7]}).endswith("; b diverged on 7 of 10 seeds, left out")


def test_without_a_direction_it_is_no_better_either() -> None:
    text = said({"a": [*A[:5], *["diverged"] * 5], "b": B}, NEITHER)
    assert text.startswith("b is higher than a by ") and text.endswith("; a diverged on 5 of 10 seeds, left out")
    text = said({"a": A, "b": [*B[:5], *["diverged"] * 5]}, NEITHER)
    assert text.startswith("where both have a figure, b is higher than a by ")
    assert text.endswith("; but b diverged on 5 of 10 seeds, of which that says nothing")


def test_seeds_of_which_no_pair_is_left_are_not_only_said_to_be_missing() -> None:
    assert said({"a": [1.0, "failed"], "b": ["failed", 2.0]}) == (
        "a and b have no seed in common; a failed on 1 of 2 seeds and b failed on 1 of 2 seeds, left out"
    )


def test_what_is_left_to_survivors_alone_would_find_a_difference_where_there_is_none() -> None:
    """Of two groups that are the same, one of which loses its worst half: many studies find it better, and the
    probability with what diverged as the worst never does.
    """
    rng, studies, wins, clean, better = np.random.default_rng(0), 200, 0, 0, 0
    for _ in range(studies):
        a, b = rng.normal(3, 0.3, (2, 20)).round(3)
        kept: list[float | str] = [float(v) if v <= np.median(a) else "diverged" for v in a]
        table = compare.differences(ended({"a": kept, "b": [*map(float, b)]}), "b", METRIC, LOWER)
        (row,) = table.iter_rows(named=True)
        wins += row["p_t"] < 0.05
        clean += "a beats" in words.sentence(row, "b", LOWER)
        better += row["improvement_low"] > 0.5
    assert wins > 0.35 * studies and clean == better == 0


@pytest.mark.parametrize("first", ["a", "b"])
def test_the_table_says_how_many_pairs_are_missing(first: str) -> None:
    runs = ended({"a": ["failed", *A[1:]], "b": ["failed", "diverged", *B[2:]], "c": [*B[:5]]})
    table = compare.differences(runs, first, METRIC, LOWER)
    cells = tables.difference_cells(table, first, METRIC, LOWER)
    place = cells[0].index("left out")
    other = "b" if first == "a" else "a"
    assert {row[0]: row[place] for row in cells[1:]} == {other: "2", "c": "1" if first == "a" else "2"}
    none = compare.differences(frame(a=[1.0, 2.0], b=[2.0, 4.0]), "a", METRIC)
    assert "left out" not in tables.difference_cells(none, "a", METRIC, LOWER)[0]


def test_a_report_tells_of_networks_of_one_run_too(tmp_path: Path) -> None:
    for model, add in ("a", 0.0), ("b", 2.0):
        lines = [{"seed": s, "metrics": {"test/miss": A[s] + add * (1 + s / 90)}, "epochs": 5} for s in range(10)]
        if model == "a":
            lines[2:4] = [
                {"seed": s, "metrics": {}, "status": "failed", "error": "diverged: loss is nan", "epochs": 5}
                for s in (2, 3)
            ]
        write(tmp_path, model, 0, 1.0, networks=10, runs=lines)
    report = Report(load([tmp_path]))
    (sentence, *_) = report.sentences()
    assert sentence.startswith("where both have a figure, a is better than b by 2.1")
    assert "but a diverged on 2 of 10 seeds" in sentence
    report.write(tmp_path / "out")
    (row,) = json.loads((tmp_path / "out" / "summary.json").read_text())["differences"]
    counts = dict.fromkeys(lost.LOST, 0) | {"runs": 10}
    assert (row["n"], row["left_out"]) == (8, 2)
    assert lost.from_row(row) == (counts, counts | {"diverged": 2})
    assert "baseline_diverged" in report.differences.write_csv()
    assert row["improvement"] == pytest.approx(0.2), "of b: where a diverged"
