import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from omegaconf import OmegaConf

from src.lab.config import CONF
from src.lab.records import results
from src.lab.report import report, tables
from src.lab.report.report import Report
from tests.conftest import ROOT, Command


def write(folder: Path, model: str, seed: int, error: float | None, **group: str) -> None:
    result: dict[str, Any] = {
        "schema": 1,
        "status": "failed" if error is None else "completed",
        "seed": seed,
        "networks": 1,
        "group": {"model": model, **group},
        "parameters": 10,
        "epochs": 25,
        "metrics": {} if error is None else {"test/error": error},
        "runs": [] if error is None else [{"seed": seed, "metrics": {"test/error": error}}],
        "seconds": {"fit": 1.0, "total": 2.0},
        "error": None if error is not None else "ValueError: why",
    }
    results.write(result, folder / f"{model}{''.join(group.values())}_{seed}")


def test_groups_are_sorted_best_first_and_failures_are_counted(tmp_path: Path) -> None:
    for seed in range(3):
        write(tmp_path, "worse", seed, 9.0 + seed)
        write(tmp_path, "better", seed, 1.0 + seed)
    write(tmp_path, "better", 3, None)
    write(tmp_path, "broken", 0, None)
    table = Report(report.load([tmp_path])).summary
    assert table["group"].to_list() == ["better", "worse", "broken"]
    assert table["n"].to_list() == [3, 3, 0]
    assert table["failed"].to_list() == [1, 0, 1]
    cells = tables.summary_cells(table, "test/error")
    assert cells[1][2] == "2.00 ± 1.00"
    assert cells[3][2] == "–"


def test_groups_are_told_apart_by_what_varies_only(tmp_path: Path) -> None:
    for lr in "0.1", "0.2":
        write(tmp_path, "basic", 0, 1.0, **{"optimizer.lr": lr, "epochs": "3"})
    assert sorted(report.load([tmp_path])["group"]) == ["optimizer.lr=0.1", "optimizer.lr=0.2"]
    write(tmp_path, "ws", 0, 1.0, **{"optimizer.lr": "0.1", "epochs": "3"})
    assert "ws optimizer.lr=0.1" in set(report.load([tmp_path])["group"])


def test_the_summary_lies_in_the_folder(tmp_path: Path) -> None:
    for seed, error in enumerate((1.5, 2.5)):
        write(tmp_path, "basic", seed, error)
        write(tmp_path, "ws", seed, error + 1)
    Report(report.load([tmp_path])).write(tmp_path)
    assert pl.read_csv(tmp_path / "summary.csv")["mean"].to_list() == [2.0, 3.0]
    text = (tmp_path / "summary.md").read_text()
    assert "| basic | 2 | 2.00 ± 0.71 | -4.35 to 8.35 | 2.00 | 1.50 (0) | 2.50 (1) | 2.0 | 10 | 22.41 ± 1.40 |" in text
    assert "basic beats ws by 1.00 ± 0.00 points" in text
    whole = json.loads((tmp_path / "summary.json").read_text())
    assert (whole["metric"], whole["baseline"]) == ("test/error", "basic")
    assert whole["differences"][0]["difference"] == 1.0


def test_the_same_seed_is_taken_once_and_a_clash_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a", "basic", 0, 1.0)
    write(tmp_path / "b", "basic", 0, 1.0)
    write(tmp_path / "a", "basic", 1, None)
    write(tmp_path / "b", "basic", 1, 3.0)
    runs = report.load([tmp_path / "a", tmp_path / "b"])
    assert runs["test/error"].to_list() == [1.0, 3.0]
    assert capsys.readouterr().err == ""
    write(tmp_path / "b", "basic", 0, 2.0)
    assert report.load([tmp_path])["test/error"].to_list() == [1.0, 3.0]
    assert "basic seed=0" in capsys.readouterr().err


def test_where_keeps_what_is_asked_for(tmp_path: Path) -> None:
    for model in "basic", "ws", "resnet":
        for seed in range(2):
            write(tmp_path, model, seed, 1.0, epochs="3")
    assert set(report.load([tmp_path], {"model": ["basic", "ws"]})["group"]) == {"basic", "ws"}
    assert len(report.load([tmp_path], {"model": ["basic", "ws"], "seed": ["1"], "epochs": ["3"]})) == 2
    with pytest.raises(ValueError, match="no run with model=best"):
        report.load([tmp_path], {"model": ["best"]})


def test_a_metric_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, 1.0)
    with pytest.raises(ValueError, match="no metric test/loss; there are test/error"):
        Report(report.load([tmp_path]), "test/loss")


def test_a_sweep_of_which_nothing_came_still_has_its_table(tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, None)
    assert Report(report.load([tmp_path])).summary.row(0, named=True)["failed"] == 1


def test_what_a_report_states_stands_beside_what_was_measured() -> None:
    reported = OmegaConf.load(tables.REPORTED)
    assert set(reported) <= {path.stem for path in CONF.glob("experiments/*/model/*.yaml")}
    assert tables.stated(reported["ws_aux_bn"]) == "2.48 ± 0.55"
    assert tables.stated(reported["digit_mlp"]) == "digit 9.60"
    assert tables.stated(reported["digit_two_nets"]) == "4.70, digit first 7.20, digit second 6.30"
    assert tables.stated({}) == "–"


def test_the_command_shows_the_table_without_torch(command: Command, tmp_path: Path) -> None:
    write(tmp_path, "basic", 0, 1.5)
    done = command("src.report", ".", "--out", "out", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    assert "1.50" in done.stdout
    assert (tmp_path / "out" / "summary.json").is_file()
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "pytorch_lightning", "scipy.stats"}


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
