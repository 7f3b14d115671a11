"""Groups over several tasks: the table, what it says in words, its files, and the command."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from src.lab.records.runs import load
from src.lab.report.looks import publish
from src.lab.report.over.over import Over
from tests.conftest import Command
from tests.lab.records.written import Said, write

RUNS = {
    "plain": {"0.1": [4.0, 5.0, 6.0], "0.2": [7.0, 8.0, 9.0]},
    "wide": {"0.1": [1.0, 2.0, 3.0], "0.2": [4.5, 5.5, 8.5]},
}
SCORE: Said = {"test/r2": {"better": "higher"}}
Table = dict[str, dict[str, list[float | None]]]


def written(folder: Path, table: Table, **more: str) -> Path:
    for model, tasks in table.items():
        for task, values in tasks.items():
            for seed, value in enumerate(values):
                write(folder, model, seed, value, group={"noise": task} | more)
    return folder


def over(folder: Path, key: str = "noise", **asked: str) -> Over:
    return Over(load([folder]), key, **asked)


def test_models_are_rows_and_tasks_columns_the_best_by_iqm_first(tmp_path: Path) -> None:
    found = over(written(tmp_path, RUNS))
    headings, *rows = found.cells()[0]
    assert headings == ["miss (%)", "noise=0.1", "noise=0.2", "mean of 2 tasks (95 %)", "IQM (95 %)"]
    assert [row[:3] for row in rows] == [
        ["wide", "2.00 ± 1.00", "6.17 ± 2.08"],
        ["plain", "5.00 ± 1.00", "8.00 ± 1.00"],
    ]
    assert [row[4].split()[0] for row in rows] == ["3.75", "6.50"], "of six runs, the middle four"
    row = found.table.row(0, named=True)
    assert (row["group"], row["noise=0.2 n"], row["noise=0.2 std"]) == ("wide", 3, pytest.approx(2.0817, abs=1e-4))
    assert row["mean"] == pytest.approx((2 + 37 / 6) / 2)
    assert row["iqm low"] < row["iqm"] < row["iqm high"]
    assert row["ahead"] is None, "it is the baseline"
    assert found.table["ahead"].to_list()[1] == pytest.approx((9 + 7.0) / 18), (
        "all pairs of one task, 7 of 9 of the other"
    )


def test_what_is_best_and_how_surely_is_said(tmp_path: Path) -> None:
    first, second, *rest = over(written(tmp_path, RUNS)).sentences()
    assert first.startswith("wide is best by IQM over 2 tasks, 3.75 (") and first.endswith(
        "; its interval overlaps no other"
    )
    assert second.startswith("a run of wide is better than one of plain on the same task with probability 0.89 (")
    assert rest == ["of 3 runs a task, intervals by bootstrap come out too narrow: some 82 % cover, not 95 %"]
    near = over(written(tmp_path / "near", RUNS | {"deep": {"0.1": [1.5, 2.5, 2.0], "0.2": [5.0, 5.6, 8.6]}}))
    assert near.sentences()[0].endswith("; its interval overlaps that of deep, not that of the others")
    (said,) = (each for each in near.sentences() if "one of deep" in each)
    assert said.endswith(": which is better is open")
    whole = over(
        written(
            tmp_path / "clear",
            {"plain": {"1": [4.0, 5.0], "2": [4.0, 5.0]}, "wide": {"1": [1.0, 2.0], "2": [3.0, 2.0]}},
        )
    )
    assert "each run of wide is better than each of plain on the same task" in whole.sentences()


def test_where_higher_is_better_the_highest_is_best(tmp_path: Path) -> None:
    for model, tasks in RUNS.items():
        for task, values in tasks.items():
            for seed, value in enumerate(values):
                write(tmp_path, model, seed, value / 10, group={"noise": task}, objective="test/r2", said=SCORE)
    found = over(tmp_path)
    assert found.baseline == "plain"
    assert found.whole["plain"].profile.value.tolist()[-1] == 0, "none is above the highest"
    assert found.whole["plain"].profile.value.tolist()[0] == 1
    assert over(tmp_path, baseline="wide").sentences()[1].startswith("a run of plain is better than one of wide")


def test_a_profile_of_errors_is_of_those_at_most_so_large(tmp_path: Path) -> None:
    found = over(written(tmp_path, RUNS))
    expected = [np.mean(np.array([1, 2, 3, 4.5, 5.5, 8.5]) <= level) for level in found.levels]
    assert found.whole["wide"].profile.value == pytest.approx(np.array(expected))
    assert found.whole["wide"].profile.value[-1] == 1


def test_what_lacks_a_task_has_no_figure_over_all_and_that_is_said(tmp_path: Path) -> None:
    written(tmp_path, RUNS | {"deep": {"0.1": [0.5, 0.6, 0.7]}})
    write(tmp_path, "deep", 0, None, group={"noise": "0.2"})
    write(tmp_path, "deep", 0, None, group={"noise": "0.3"})
    found = over(tmp_path)
    assert found.cells()[0][-1] == ["deep", "0.60 ± 0.10", "–", "–", "–"]
    said = found.sentences()
    assert "deep has no completed run with noise=0.2, so no figure over all tasks is made of it" in said
    assert "no run with noise=0.3 is completed, so it has no column" in said
    assert "1 run of deep with noise=0.2 failed, stopped or measured no number, and counts in no figure" in said
    with pytest.raises(ValueError, match="'deep' is no row with all of noise; there are wide, plain"):
        over(tmp_path, baseline="deep")


def test_what_has_fewer_seeds_is_said(tmp_path: Path) -> None:
    found = over(written(tmp_path, RUNS | {"deep": {"0.1": [0.5], "0.2": [3.0, 4.0, 8.0]}}))
    assert found.cells()[0][1][0] == "deep"
    assert "deep has fewer than 3 runs: 1 with noise=0.1; each task counts the same" in found.sentences()
    assert "where a task has a single run, there is nothing to make an interval of" in found.sentences()
    assert found.table["mean"][0] == pytest.approx((0.5 + 5) / 2)
    assert found.table["mean low"][0] is None


def test_tasks_of_other_sizes_are_not_scaled_and_that_is_said(tmp_path: Path) -> None:
    said = over(written(tmp_path, {"plain": {"a": [1.0, 2.0], "b": [30.0, 32.0]}})).sentences()
    assert (
        "scores count as they are, not scaled by task: noise=b (mean 31.00) weighs more than noise=a (mean 1.50)"
        in said
    )


def test_what_nobody_typed_is_said(tmp_path: Path) -> None:
    written(tmp_path, RUNS)
    write(tmp_path, "deep", 0, 1.0)
    assert (
        "deep: left out, since noise was not typed, and follows the seed or is not known" in over(tmp_path).sentences()
    )


def test_where_no_direction_is_better_nothing_is_ranked(tmp_path: Path) -> None:
    for model in ("wide", "plain"):
        for task in ("a", "b"):
            for seed in range(2):
                write(tmp_path, model, seed, seed + 1.0, group={"noise": task}, objective="test/steps", said={})
    found = over(tmp_path)
    assert found.sentences()[0] == "nobody says which direction of test/steps is better, so nothing is ranked"
    assert not found.ahead and len(found.whole) == 2


@pytest.mark.parametrize(
    ("table", "key", "why"),
    [
        (RUNS, "lr", "no run has lr: groups are told apart by model, noise"),
        ({"plain": {"0.1": [1.0]}, "wide": {"0.1": [1.0]}}, "noise", "all runs have noise=0.1: --over needs several"),
        ({"plain": {"a": [1.0]}, "wide": {"a": [1.0]}}, "model", "model is all that tells the groups apart: --over"),
        ({"plain": {"a": [1.0], "b": [None]}}, "noise", "no run with noise=b is completed: --over needs several"),
        ({"plain": {"a": [1.0]}, "wide": {"b": [1.0]}}, "noise", "no model has several .*plain has a and wide has b"),
    ],
)
def test_what_can_not_be_shown_is_refused(tmp_path: Path, table: Table, key: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        over(written(tmp_path, table), key)


def test_its_files_lie_in_the_folder(tmp_path: Path) -> None:
    publish(over(written(tmp_path, RUNS)), tmp_path / "out")
    assert pl.read_csv(tmp_path / "out" / "over.csv")["group"].to_list() == ["wide", "plain"]
    text = (tmp_path / "out" / "over.md").read_text()
    assert "| wide | 2.00 ± 1.00 | 6.17 ± 2.08 |" in text and "- wide is best by IQM" in text
    whole = json.loads((tmp_path / "out" / "over.json").read_text())
    assert (whole["over"], whole["tasks"], whole["baseline"]) == ("noise", ["0.1", "0.2"], "wide")
    assert len(whole["profiles"]["plain"]["low"]) == len(whole["levels"])
    assert (tmp_path / "out" / "summary_profiles.png").read_bytes().startswith(b"\x89PNG")


def test_where_it_can_not_be_written_it_is_shown_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = over(written(tmp_path / "runs", RUNS))
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OSError, match="out"):
        publish(found, tmp_path / "out")
    shown = capsys.readouterr().out
    assert "6.17 ± 2.08" in shown and "wide is best by IQM" in shown


def test_the_command_shows_it_without_torch(command: Command, tmp_path: Path) -> None:
    written(tmp_path / "runs", RUNS)
    done = command("src.report", "runs", "--over", "noise", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0 and "wide is best by IQM" in done.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "scipy.stats", "matplotlib"}
    refused = command("src.report", "runs", "--over", "nothing")
    assert refused.returncode == 1 and refused.stderr.startswith("error: no run has nothing") and not refused.stdout
