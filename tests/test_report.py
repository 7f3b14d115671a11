import json
import statistics
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from omegaconf import OmegaConf
from scipy import stats

from src import report, results
from src.config import CONF
from tests.conftest import ROOT, Command


def write(folder: Path, model: str, seed: int, error: float | None, **group: str) -> None:
    result: dict[str, Any] = {
        "schema": 1,
        "status": "failed" if error is None else "completed",
        "seed": seed,
        "group": {"model": model, **group},
        "parameters": 10,
        "metrics": {} if error is None else {"test/error": error},
        "runs": [] if error is None else [{"seed": seed, "metrics": {"test/error": error}}],
        "seconds": {"fit": 1.0, "total": 2.0},
        "error": None if error is not None else "ValueError: why",
    }
    results.write(result, folder / f"{model}{''.join(group.values())}_{seed}")


@given(errors=st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_mean_and_std_are_those_of_the_statistics_module(
    errors: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sweep")
    for seed, error in enumerate(errors):
        write(folder, "basic", seed, error)
    row = report.summary(report.load([folder])).row(0, named=True)
    assert row["n"] == len(errors)
    assert row["test/error mean"] == pytest.approx(statistics.mean(errors))
    assert row["test/error std"] == pytest.approx(statistics.stdev(errors), abs=1e-9)


def test_groups_are_sorted_best_first_and_failures_are_counted(tmp_path: Path) -> None:
    for seed in range(3):
        write(tmp_path, "worse", seed, 9.0 + seed)
        write(tmp_path, "better", seed, 1.0 + seed)
    write(tmp_path, "better", 3, None)
    write(tmp_path, "broken", 0, None)
    table = report.summary(report.load([tmp_path]))
    assert table["group"].to_list() == ["better", "worse", "broken"]
    assert table["n"].to_list() == [3, 3, 0]
    assert table["failed"].to_list() == [1, 0, 1]
    assert report.cells(table)[1][2] == "2.00 ± 1.00"
    assert report.cells(table)[3][2] == "–"


def test_groups_are_told_apart_by_what_varies_only(tmp_path: Path) -> None:
    for lr in "0.1", "0.2":
        write(tmp_path, "basic", 0, 1.0, **{"optimizer.lr": lr, "epochs": "3"})
    assert sorted(report.load([tmp_path])["group"]) == ["basic optimizer.lr=0.1", "basic optimizer.lr=0.2"]


@given(counts=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=3, max_size=12))
def test_differences_are_those_of_scipys_paired_t(
    counts: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assume(len({first - second for first, second in counts}) > 1)
    folder = tmp_path_factory.mktemp("sweep")
    pairs = [(first / 10, second / 10) for first, second in counts]
    for seed, (first, second) in enumerate(pairs):
        write(folder, "first", seed, first)
        write(folder, "second", seed, second)
    write(folder, "first", 99, 1.0)  # has no partner
    found = report.differences(report.load([folder]), "second", "test/error").filter(pl.col("group") == "first")
    row = found.row(0, named=True)
    expected = stats.ttest_rel(*zip(*pairs, strict=True)).confidence_interval(0.95)
    assert row["n"] == len(pairs)
    assert row["difference"] - row["half"] == pytest.approx(expected.low, abs=1e-6)
    assert row["difference"] + row["half"] == pytest.approx(expected.high, abs=1e-6)


def test_a_baseline_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, 1.0)
    with pytest.raises(ValueError, match="no group 'best'; there are basic"):
        report.differences(report.load([tmp_path]), "best", "test/error")


def test_the_summary_lies_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, 1.5)
    write(tmp_path, "basic", 1, 2.5)
    report.summarise(tmp_path)
    assert pl.read_csv(tmp_path / "summary.csv")["test/error mean"].to_list() == [2.0]
    assert "| basic | 2 | 2.00 ± 0.71 | 2.0 | 10 | 22.41 ± 1.40 |" in (tmp_path / "summary.md").read_text()


def test_what_a_report_states_stands_beside_what_was_measured() -> None:
    reported = OmegaConf.load(report.REPORTED)
    assert set(reported) <= {path.stem for path in (CONF / "model").glob("*.yaml")}
    assert report.stated(reported["ws_aux_bn"]) == "2.48 ± 0.55"
    assert report.stated(reported["digit_mlp"]) == "digit 9.60"
    assert report.stated(reported["digit_two_nets"]) == "4.70, digit first 7.20, digit second 6.30"
    assert report.stated({}) == "–"


def test_the_command_shows_the_table_without_torch(command: Command, tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, 1.5)
    done = command("src.report", ".", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    assert "1.50" in done.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "pytorch_lightning"}


def test_result_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, 1.5)
    folder = tmp_path / "basic_0"
    before = (folder / "result.json").read_text()
    with pytest.raises(TypeError):
        results.write({"schema": object()}, folder)
    assert (folder / "result.json").read_text() == before
    assert json.loads(before)["schema"] == 1


def test_overrides_group_runs_but_for_the_seed() -> None:
    overrides = ["model=basic", "seed=3", "+optimizer.x=1", "hydra.sweep.dir=a", "sweep=seeds10", "data.root=b"]
    assert results.grouping(overrides) == {"model": "basic", "optimizer.x": "1"}


def test_the_revision_is_that_of_the_project() -> None:
    revision = results.git_revision()
    assert revision is None or (ROOT / ".git").exists()
