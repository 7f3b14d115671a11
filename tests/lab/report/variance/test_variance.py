"""Where a spread comes from: the table, what to repeat, its files, and the command."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from src.lab.records.runs import load
from src.lab.report.looks import publish
from src.lab.report.significance import Values
from src.lab.report.variance.variance import Variance
from tests.conftest import Command
from tests.lab.records.written import write


def drawn(data: float, network: float, rest: float, shape: tuple[int, int] = (8, 8)) -> Values:
    """A cross of which the parts have just such std, in their order."""
    rng = np.random.default_rng(0)
    a, b, e = (rng.normal(size=size) for size in ((shape[0], 1), (1, shape[1]), shape))
    e = e - e.mean(axis=0) - e.mean(axis=1, keepdims=True) + e.mean()
    parts = [std * (each - each.mean()) / each.std() for std, each in ((data, a), (network, b), (rest, e))]
    return np.asarray(30 + sum(parts), float)


def crossed(folder: Path, model: str, values: Values, **more: str) -> Path:
    for (data, seed), value in np.ndenumerate(values):
        write(folder, model, seed, float(value), group={"data.seed": str(data)} | more)
    return folder


def variance(folder: Path) -> Variance:
    return Variance(load([folder]))


def test_each_model_has_a_table_of_its_parts(tmp_path: Path) -> None:
    values = drawn(2, 1, 0.5)
    crossed(tmp_path, "plain", values)
    crossed(tmp_path, "wide", drawn(0.1, 0.1, 1, (3, 5)))
    found = variance(tmp_path)
    first, second = found.cells()
    assert first[0] == ["plain: miss (%)", "levels", "std (95 %)", "% of the variance (95 %)"]
    assert [row[:2] for row in first[1:4]] == [["data.seed", "8"], ["seed", "8"], ["both together", "64"]]
    assert [row[1] for row in second[1:4]] == ["3", "5", "15"]
    assert first[4] == ["all runs, mean ± std", "64", f"30.00 ± {values.std(ddof=1):.2f}", "–"]
    table = found.table.filter(group="plain")
    rest = 0.25 * 64 / 49  # its degrees of freedom
    expected = [(4 * 64 / 7 - rest) / 8, (1 * 64 / 7 - rest) / 8, rest]
    assert table["variance"].to_list() == pytest.approx(expected)
    assert table["std"].to_list() == pytest.approx([each**0.5 for each in expected])
    assert table["share"].to_list() == pytest.approx([each / sum(expected) for each in expected])
    assert (table["share low"] < table["share"]).all() and (table["share"] < table["share high"]).all()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            (3, 0.5, 0.5),
            "comes from which data were drawn (data.seed): repeat with other data.seed, not only with other",
        ),
        ((0.5, 3, 0.5), "comes from the network's own chance (seed): repeat with other seed"),
        ((1.3, 1.3, 3), "comes from neither seed alone, but from how a network's seed fares on the data drawn: repeat"),
    ],
)
def test_what_to_repeat_is_said(tmp_path: Path, parts: tuple[float, float, float], said: str) -> None:
    first, second, *_ = variance(crossed(tmp_path, "plain", drawn(*parts))).sentences()
    assert first.startswith("plain: most of the spread (9") and said in first and "leave it open" not in first
    assert second.startswith("plain: a mean over 10 seeds is known to ± ") and " points" in second


def test_what_a_mean_is_worth_is_said_in_numbers(tmp_path: Path) -> None:
    (said,) = (
        each for each in variance(crossed(tmp_path, "plain", drawn(2, 1, 0.5))).sentences() if "known to" in each
    )
    rest = 0.25 * 64 / 49
    data, network = (4 * 64 / 7 - rest) / 8, (64 / 7 - rest) / 8
    one, ten = (1.96 * (data / n + (network + rest) / 10) ** 0.5 for n in (1, 10))
    assert f"± {one:.2f} (" in said and f"± {ten:.2f} (" in said and one > 2 * ten
    assert said.index(f"± {one:.2f}") < said.index("on one data.seed") < said.index(f"± {ten:.2f}")


def test_few_runs_leave_open_which_part_is_the_largest(tmp_path: Path) -> None:
    first, *_ = variance(crossed(tmp_path, "plain", drawn(1, 1, 1, (3, 3)))).sentences()
    assert first.endswith("; 3 × 3 runs leave it open whether that is the largest part")


def test_a_part_below_zero_is_said_to_be_taken_as_zero(tmp_path: Path) -> None:
    found = variance(crossed(tmp_path, "plain", drawn(2, 0.1, 1)))
    assert (
        "plain: what seed does is estimated below zero, and taken as zero: 8 × 8 runs don't show it"
        in found.sentences()
    )
    assert found.table["variance"].to_list()[1] == 0


def test_of_a_cross_with_holes_the_largest_complete_part_counts_and_that_is_said(tmp_path: Path) -> None:
    values = drawn(2, 1, 1, (4, 5))
    for (data, seed), value in np.ndenumerate(values):
        if (data, seed) != (1, 0):
            broken = (data, seed) == (1, 3)
            write(tmp_path, "plain", seed, None if broken else float(value), group={"data.seed": str(data)})
    found = variance(tmp_path)
    spread = found.spreads["plain"]
    assert spread.missing == [("1", 0), ("1", 3)]
    assert spread.cross.rows == ["0", "2", "3"] and spread.values.tolist() == values[[0, 2, 3]].tolist()
    whole = (
        "plain: data.seed=1 seed=0 and 1 more are missing or not completed: the largest complete part, 3 × 5, counts"
    )
    assert whole in found.sentences()


def test_what_is_not_crossed_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    crossed(tmp_path, "plain", drawn(1, 1, 1, (3, 3)))
    for seed in range(3):
        write(tmp_path, "wide", seed, 1.0, group={"data.seed": str(seed)})
        write(tmp_path, "plain", seed, 2.0)
    said = variance(tmp_path).sentences()
    assert "wide: left out, as no two data.seed share two seeds" in said
    assert "plain: 3 runs left out whose data.seed follows seed: they are no part of a cross" in said


def test_without_a_cross_it_is_said_what_to_run(tmp_path: Path) -> None:
    write(tmp_path / "a", "plain", 0, 1.0)
    with pytest.raises(ValueError, match=r"no run has a data\.seed of its own.*-m 'data\.seed=range\(5\)'"):
        variance(tmp_path / "a")
    write(tmp_path / "b", "plain", 0, 1.0, group={"data.seed": "0"})
    with pytest.raises(ValueError, match=r"no two data\.seed share two completed seeds"):
        variance(tmp_path / "b")


def test_folds_are_refused(tmp_path: Path) -> None:
    crossed(tmp_path, "plain", drawn(1, 1, 1, (2, 2)))
    write(tmp_path / "fold", "plain", 0, 1.0, group={"data.seed": "0"}, fold=1)
    with pytest.raises(ValueError, match="splits runs without folds"):
        variance(tmp_path)


def test_where_all_figures_are_the_same_there_is_nothing_to_take_apart(tmp_path: Path) -> None:
    found = variance(crossed(tmp_path, "plain", np.full((2, 3), 4.2)))
    assert found.cells() == []
    assert found.sentences()[0] == "plain: test/miss is the same in all 2 × 3 runs, so there is no spread to take apart"
    publish(found, tmp_path / "out")
    assert pl.read_csv(tmp_path / "out" / "variance.csv")["source"].to_list() == ["data.seed", "seed", "both together"]


def test_its_files_lie_in_the_folder(tmp_path: Path) -> None:
    values = drawn(2, 1, 0.5)
    publish(variance(crossed(tmp_path, "plain", values)), tmp_path / "out")
    assert len(pl.read_csv(tmp_path / "out" / "variance.csv")) == 3
    text = (tmp_path / "out" / "variance.md").read_text()
    assert "| plain: miss (%) | levels |" in text and "- plain: most of the spread" in text
    whole = json.loads((tmp_path / "out" / "variance.json").read_text())
    assert whole["crosses"]["plain"]["values"] == values.tolist()


def test_the_command_shows_it_without_torch(command: Command, tmp_path: Path) -> None:
    crossed(tmp_path / "runs", "plain", drawn(2, 1, 0.5, (3, 3)))
    done = command("src.report", "runs", "--variance", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0 and "plain: most of the spread" in done.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "scipy.stats", "matplotlib"}
    for refused in (["--baseline", "plain"], ["--over", "data"]):
        both = command("src.report", "runs", "--variance", *refused)
        assert both.returncode == 1 and both.stderr.startswith("error: ") and not both.stdout
