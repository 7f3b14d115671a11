"""result.json: what it says, and that it is whole whatever happens."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from omegaconf import DictConfig

from src.lab.config import compose
from src.lab.records import results
from tests.lab.toy import TOY

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
    assert (lost["status"], lost["error"], lost["metrics"]) == ("failed", "diverged: val_loss is nan", {})
    kept = results.of_network(3, 7, {"val_loss": 0.5, "val/rmse": float("nan")})
    assert kept == {"seed": 3, "metrics": {"val/rmse": None, "val_loss": 0.5}, "epochs": 7}


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
    blank = results.blank(cfg_in(tmp_path, "seed=3"))
    assert (blank["schema"], blank["status"], blank["model"], blank["seed"]) == (2, "failed", "toy", 3)
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


EARLIER = {"completed": ("completed", 5), "further": ("failed", 9), "less far": ("failed", 3), "none": None}


@pytest.mark.parametrize("before", EARLIER)
@pytest.mark.parametrize("ends", ["completed", "failed"])
def test_what_is_worth_less_goes_beside_a_result_and_what_is_complete_takes_its_place(
    ends: str, before: str, tmp_path: Path
) -> None:
    cfg = cfg_in(tmp_path)
    if there := EARLIER[before]:
        old = results.blank(cfg) | {"status": there[0], "epochs": there[1]}
        results.write(old, tmp_path)
        results.write(old | {"status": "interrupted"}, tmp_path, results.ATTEMPT)
    with suppress(ZeroDivisionError), results.recorded(cfg, writes=True) as result:
        result["epochs"] = 4
        result["metrics"] = {"val/miss": 1 / (ends == "completed")}
    aside = ends == "failed" and before in ("completed", "further")
    found = results.read(tmp_path / (results.ATTEMPT if aside else results.NAME))
    assert (found["status"], found["epochs"]) == (ends, 4)
    if aside:
        assert results.read(tmp_path / results.NAME) == old
    if ends == "completed":
        assert not (tmp_path / results.ATTEMPT).exists()


def test_a_damaged_result_is_no_result_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "result.json").write_text("{")
    assert results.there(tmp_path / "result.json") is None
    assert "result.json is no result file" in caplog.text
    with results.recorded(cfg_in(tmp_path), writes=True):
        pass
    assert results.read(tmp_path / "result.json")["status"] == "completed"


def test_that_there_is_no_room_for_a_result_hides_no_error(tmp_path: Path) -> None:
    cfg = cfg_in(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ValueError, match="what the run came across"):
        end_by(ValueError("what the run came across"), cfg)
    with pytest.raises(OSError, match="file"), results.recorded(cfg, writes=True):
        pass
