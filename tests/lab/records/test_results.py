"""result.json: what it says, and that it is whole whatever happens."""

import contextlib
import json
from pathlib import Path

import pytest
from omegaconf import DictConfig

from src.lab.config import compose
from src.lab.records import results
from tests.lab.toy import FOLDS, TOY

from .written import write


def cfg_in(folder: Path, *overrides: str) -> DictConfig:
    cfg = compose(*TOY, *overrides)
    cfg.job.folder = str(folder)
    return cfg


def test_result_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = write(tmp_path, "plain", 0, 1.5)
    before = (folder / "result.json").read_text()
    with pytest.raises(TypeError):
        results.write({"schema": object()}, folder)
    with pytest.raises(ValueError, match="JSON"):
        results.write({"schema": 2, "metrics": {"loss": float("nan")}}, folder)
    assert (folder / "result.json").read_text() == before
    assert json.loads(before)["schema"] == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"schema": 3}', '{"metrics": {}}'])
def test_a_file_that_is_no_result_is_refused_by_its_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(ValueError, match=r"result\.json is no result file"):
        results.read(tmp_path / "result.json")


def test_what_is_no_finite_number_is_null_in_the_file() -> None:
    figures = {"test/rmse": float("nan"), "test/loss": float("inf"), "a": 1.5}
    assert results.plain(figures) == {"a": 1.5, "test/loss": None, "test/rmse": None}
    assert list(results.plain(figures)) == ["a", "test/loss", "test/rmse"]


def test_a_network_whose_loss_is_no_number_has_failed_and_says_why() -> None:
    lost = results.of_network(3, 7, {"val_loss": float("nan"), "val/rmse": 1.0})
    said = {"status": "failed", "error": "diverged: val_loss is nan"}
    assert lost == {"seed": 3, "metrics": {}, "epochs": 7} | said
    kept = results.of_network(3, 7, {"val_loss": 0.5, "val/rmse": float("nan")})
    assert kept == {"seed": 3, "metrics": {"val/rmse": None, "val_loss": 0.5}, "epochs": 7}


def test_a_run_that_has_not_begun_has_every_entry_of_a_file(tmp_path: Path) -> None:
    blank = results.blank(cfg_in(tmp_path))
    nothing = {"metrics": {}, "runs": [], "resumed": [], "parameters": None, "device": None, "error": None, "epochs": 0}
    assert {key: blank.pop(key) for key in nothing} == nothing
    assert (blank.pop("schema"), blank.pop("status"), blank.pop("networks"), blank.pop("model")) == (
        2,
        "failed",
        1,
        "toy",
    )
    assert blank.pop("seconds") == {"fit": None, "total": None}
    more = {
        "units",
        "better",
        "unlearnt",
        "shown",
        "versions",
        "git",
        "code",
        "left_out",
        "processor",
        "config_hash",
        "overrides",
        "group",
        "group_hash",
        "equal_hash",
        "note",
        "data",
        "fold",
        "tested_on",
    }
    assert set(blank) == {"seed", "objective", "monitor"} | more


def test_the_file_says_what_the_configuration_says_of_the_metrics(tmp_path: Path) -> None:
    cfg = cfg_in(tmp_path)
    price = {"unit": "USD", "better": "lower", "unlearnt": 9}
    cfg.metrics = {"test/price": price, "*/r2": {"better": "higher"}, "test/other": {"unit": "s"}}
    found = results.described(cfg, ["test/price", "test/r2", "val/r2", "val/price"])
    assert found == {
        "units": {"test/price": "USD"},
        "better": {"test/price": "lower", "test/r2": "higher", "val/r2": "higher"},
        "unlearnt": {"test/price": 9},
        "shown": ["test/price"],
    }


def test_a_run_that_has_not_begun_says_what_it_would_compare(tmp_path: Path) -> None:
    blank = results.blank(cfg_in(tmp_path, "seed=3", FOLDS[-1], "data.folds=4", "data.fold=2"))
    assert (blank["schema"], blank["status"], blank["model"]) == (2, "failed", "toy")
    assert (blank["seed"], blank["fold"]) == (3, 2)
    assert (blank["objective"], blank["monitor"]) == ("test/miss", "val/miss")
    assert blank["units"] == {"test/miss": "%", "val/miss": "%"}
    assert blank["better"] == {"test/miss": "lower", "val/miss": "lower"}
    assert blank["unlearnt"] == {"test/miss": 40}
    assert (blank["metrics"], blank["runs"]) == ({}, [])
    json.dumps(blank, allow_nan=False)


def end_by(error: BaseException, cfg: DictConfig) -> None:
    with results.recorded(cfg, writes=True) as result:
        result["metrics"] = {"val/miss": 3.0}
        raise error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ValueError("two\n  lines"), "failed", "ValueError: two lines"),
        (TimeoutError("over"), "interrupted", "TimeoutError: over"),
        (KeyboardInterrupt(), "interrupted", "KeyboardInterrupt"),
        (SystemExit(3), "interrupted", "SystemExit: 3"),
    ],
)
def test_a_run_that_ends_early_is_written_down(error: BaseException, status: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(type(error)):
        end_by(error, cfg_in(tmp_path))
    found = results.read(tmp_path / "result.json")
    assert (found["status"], found["error"], found["metrics"]) == (status, said, {"val/miss": 3.0})
    assert found["seconds"]["total"] >= 0


def test_a_process_that_does_not_write_leaves_no_file(tmp_path: Path) -> None:
    with results.recorded(cfg_in(tmp_path), writes=False) as result:
        pass
    assert result["status"] == "completed"
    assert not list(tmp_path.iterdir())


def end(folder: Path, status: str, epochs: int) -> None:
    with contextlib.suppress(ValueError, KeyboardInterrupt), results.recorded(cfg_in(folder), writes=True) as result:
        result["epochs"] = epochs
        if status != "completed":
            raise ValueError if status == "failed" else KeyboardInterrupt


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        (("completed", 5), ("failed", 9), False),
        (("interrupted", 5), ("failed", 4), False),
        (("failed", 5), ("interrupted", 5), True),
        (("interrupted", 5), ("failed", 6), True),
        (("completed", 5), ("completed", 1), True),
        (("failed", 5), ("completed", 1), True),
    ],
)
def test_a_result_takes_the_place_of_none_that_is_worth_more(
    before: tuple[str, int], after: tuple[str, int], taken: bool, tmp_path: Path
) -> None:
    end(tmp_path, *before)
    end(tmp_path, *after)
    kept = results.read(tmp_path / "result.json")
    assert (kept["status"], kept["epochs"]) == (after if taken else before)
    assert (tmp_path / "attempt.json").exists() != taken
    if not taken:
        assert results.read(tmp_path / "attempt.json")["status"] == after[0]
    end(tmp_path, "completed", 9)
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_what_cannot_be_read_is_said_and_written_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "result.json").write_text("{")
    end(tmp_path, "failed", 1)
    assert "result.json is no result file" in caplog.text
    assert results.read(tmp_path / "result.json")["epochs"] == 1


def test_where_no_file_can_be_written_what_the_run_came_across_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="its own"):
        end_by(ValueError("its own"), cfg_in(tmp_path / "file"))
    with pytest.raises(OSError, match="file"):
        end(tmp_path / "file", "completed", 1)
