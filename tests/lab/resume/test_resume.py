"""Runs that go on: to the end of one that was never stopped, and nothing of what is there is made worse."""

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from src.lab.config import compose
from src.lab.records.folder import RunFolder
from src.lab.resume import resume
from tests.conftest import Command
from tests.lab.running import BREAKS, MENDED, contents, rows, run, same_end
from tests.lab.toy import TOY

TRAIN = "src.train"


def result(folder: Path, name: str = "result") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found


def go_on(folder: Path, *given: str) -> dict[str, Any]:
    """Goes on with the run in the folder, as one that knows nothing else of it."""
    return run(folder, f"resume={folder}", *given)


def test_what_is_changed_is_said_with_the_epoch_and_makes_another_hash(tmp_path: Path) -> None:
    run(tmp_path / "whole", "epochs=4")
    first = run(tmp_path / "run", "epochs=2")
    assert first["resumed"] == []
    after = go_on(tmp_path / "run", "epochs=4", "max_time=00:01:00:00", "threads=2", "callbacks=best", "logger=csv")
    assert after == result(tmp_path / "run")
    (noted,) = after["resumed"]
    assert noted["epoch"] == 2
    assert {key: noted["changed"][key] for key in ("epochs", "threads")} == {"epochs": [2, 4], "threads": [1, 2]}
    assert noted["changed"]["max_time"] == [None, "00:01:00:00"]
    assert noted["changed"]["callbacks.best.filename"] == [None, "best"]
    hashes = [after["config_hash"], first["config_hash"], result(tmp_path / "whole")["config_hash"]]
    assert len(set(hashes)) == 3
    assert same_end(tmp_path / "run", tmp_path / "whole")
    assert (tmp_path / "run" / "checkpoints" / "best.ckpt").is_file()
    assert set(compose(f"resume={tmp_path / 'run'}").logger) == {"csv"}


def test_what_only_says_how_it_is_shown_makes_no_other_hash(tmp_path: Path) -> None:
    first = run(tmp_path)
    again = go_on(tmp_path, "figures=always", "max_time=00:01:00:00")
    assert first["config_hash"] == again["config_hash"]
    assert list(again["resumed"][0]["changed"]) == ["max_time", "figures"]


def test_a_complete_run_is_left_as_it_is(here: Command, tmp_path: Path) -> None:
    assert here(TRAIN, *TOY, "seed=3", "hydra.run.dir=run").returncode == 0
    before = contents(tmp_path)
    for same in [], ["seed=3"], ["epochs=2", "model=toy"]:
        done = here(TRAIN, "resume=run", *same)
        assert (done.returncode, done.stderr) == (0, "")
        *_, said, more = done.stdout.splitlines()
        assert said.startswith("test miss ") and said.endswith(" · run")
        assert more == "It is complete: epochs=… more than its 2 would train it further"
        assert contents(tmp_path) == before


def test_what_a_completed_run_had_come_to_is_kept_as_the_folder_of_a_run(here: Command, tmp_path: Path) -> None:
    first = run(tmp_path / "run", "epochs=2", "callbacks=best")
    before = contents(tmp_path / "run")
    go_on(tmp_path / "run", "epochs=4")
    earlier = tmp_path / "run" / "earlier" / "1"
    kept = contents(earlier)
    assert kept.keys() >= {"result.json", "metrics.csv", ".hydra/config.yaml", "checkpoints/last.ckpt"}
    assert kept == {name: before[name] for name in kept}
    go_on(tmp_path / "run", "epochs=5")
    assert [result(tmp_path / "run" / "earlier" / number)["epochs"] for number in "12"] == [2, 4]
    tested = here("src.evaluate", str(earlier))
    assert tested.returncode == 0, tested.stderr
    assert f"{first['metrics']['test/miss']:.2f}" in tested.stdout
    reported = here("src.report", str(earlier))
    assert reported.returncode == 0, reported.stderr
    assert "toy" in reported.stdout


def test_an_attempt_that_fails_leaves_the_result_and_one_that_succeeds_takes_its_place(tmp_path: Path) -> None:
    run(tmp_path / "whole", "epochs=6")
    first = run(tmp_path / "run", "epochs=2", "checkpoint.every=1", BREAKS % 4)
    with pytest.raises(RuntimeError, match="broken"):
        go_on(tmp_path / "run", "epochs=6")
    assert result(tmp_path / "run") == first
    attempt = result(tmp_path / "run", "attempt")
    assert (attempt["status"], attempt["epochs"], attempt["error"]) == ("failed", 4, "RuntimeError: broken")
    with pytest.raises(RuntimeError, match="broken"):
        go_on(tmp_path / "run")
    assert [path.name for path in (tmp_path / "run" / "earlier").iterdir()] == ["1"], "it was kept already"
    after = go_on(tmp_path / "run", MENDED)
    assert (after["status"], after["epochs"]) == ("completed", 6)
    assert [each["epoch"] for each in after["resumed"]] == [2, 4]
    assert not (tmp_path / "run" / "attempt.json").exists()
    assert result(tmp_path / "run" / "earlier" / "1") == first
    assert same_end(tmp_path / "run", tmp_path / "whole")


def test_a_completed_run_that_was_gone_on_with_and_stopped_is_not_complete(tmp_path: Path) -> None:
    """Its result is the one of before, its configuration no longer."""
    run(tmp_path, "epochs=2", "checkpoint.every=1", BREAKS % 4)
    assert resume.is_complete(compose(f"resume={tmp_path}"))
    with pytest.raises(RuntimeError, match="broken"):
        go_on(tmp_path, "epochs=6")
    assert not resume.is_complete(compose(f"resume={tmp_path}"))
    assert not RunFolder(tmp_path).completed()


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("how", ["moved", "copied", "linked", "a=b, c [1] 'é' 100%"])
def test_a_run_goes_on_with_its_best_epoch_wherever_it_lies(how: str, here: Command, tmp_path: Path) -> None:
    best = ["callbacks=best", "logger=csv", "optimizer.lr=2", "checkpoint.every=1", "seed=4", BREAKS % 5]
    whole = run(tmp_path / "whole", *best[:-1], "epochs=8")
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "part", *best, "epochs=8")
    if how == "linked":
        (tmp_path / how).symlink_to("part")
    else:
        shutil.copytree(tmp_path / "part", tmp_path / how)
    if how == "moved":
        shutil.rmtree(tmp_path / "part")
    done = here(TRAIN, f"resume={how}", MENDED)
    assert done.returncode == 0, done.stderr
    after = result(tmp_path / how)
    assert after["metrics"] == whole["metrics"]
    assert same_end(tmp_path / how, tmp_path / "whole")
    misses = [float(row["val/miss"]) for row in rows(tmp_path / how)]
    states = torch.load(tmp_path / how / "checkpoints" / "last.ckpt", weights_only=True)["callbacks"]
    (state,) = [each for name, each in states.items() if "ModelCheckpoint" in name]
    assert float(state["best_model_score"]) == pytest.approx(min(misses))
    assert Path(state["best_model_path"]).parent.parent == (tmp_path / how).resolve()
    csv = next((tmp_path / how).rglob("loggers/**/metrics.csv")).read_text()
    assert [line.split(",")[0] for line in csv.splitlines()].count("epoch") <= 1


def test_a_run_goes_on_from_what_it_was_made_with_whatever_the_files_say_now(here: Command, tmp_path: Path) -> None:
    """Made with `--config-dir`, whose files are others by then, or gone."""
    (tmp_path / "more" / "model").mkdir(parents=True)
    mine = tmp_path / "more" / "model" / "mine.yaml"
    mine.write_text("# @package _global_\ndefaults: [toy]\nmodel: {hidden: 5}\noptimizer: {lr: 0.3}\n")
    done = here(TRAIN, *TOY, "--config-dir", "more", "model=mine", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    for directory in [], ["--config-dir", "more"]:
        mine.write_text(mine.read_text().replace("0.3", "0.7").replace("5", "9"))
        (tmp_path / "run" / ".hydra" / "overrides.yaml").unlink(missing_ok=True)
        epochs = 3 + len(directory)
        done = here(TRAIN, "resume=run", f"epochs={epochs}", *directory)
        assert done.returncode == 0, done.stderr
        cfg = RunFolder(tmp_path / "run").recorded()
        assert (cfg.model.hidden, cfg.optimizer.lr, cfg.epochs, cfg.job.model) == (5, 0.3, epochs, "mine")
    run(tmp_path / "whole", "model.hidden=5", "optimizer.lr=0.3", "epochs=5")
    assert same_end(tmp_path / "run", tmp_path / "whole")


def test_a_run_of_a_sweep_goes_on_with_what_the_file_of_the_sweep_set(here: Command, tmp_path: Path) -> None:
    (tmp_path / "more" / "sweep").mkdir(parents=True)
    (tmp_path / "more" / "sweep" / "two.yaml").write_text(
        "# @package _global_\nepochs: 3\nhydra: {mode: MULTIRUN, sweeper: {params: {seed: '0,1'}}}\n"
    )
    sweep = ["--config-dir", "more", "sweep=two", "hydra.sweep.dir=s", "hydra/launcher=basic"]
    assert here(TRAIN, *TOY, *sweep).returncode == 0
    (folder,) = (tmp_path / "s").glob("*seed1*")
    cfg = compose(f"resume={folder}", "epochs=5")
    assert (cfg.seed, cfg.epochs, cfg.job.swept) == (1, 5, True)
    assert here(TRAIN, f"resume={folder}", "epochs=5").returncode == 0
    run(tmp_path / "whole", "seed=1", "epochs=5")
    assert same_end(folder, tmp_path / "whole")


def test_a_folder_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".hydra").mkdir()
    (tmp_path / ".hydra" / "config.yaml").write_text("seed: 1\n")
    with pytest.raises(ValueError, match="is of an earlier version: its results are read, but it can't go on"):
        compose(f"resume={tmp_path}")


def test_what_is_logged_goes_into_the_runs_own_log(here: Command, tmp_path: Path) -> None:
    assert here(TRAIN, *TOY, "hydra.run.dir=run").returncode == 0
    (tmp_path / "run").rename(tmp_path / "moved")
    resume.log_to(RunFolder(tmp_path / "moved"))
    logging.getLogger("src").warning("said later")
    (handler,) = (each for each in logging.root.handlers if str(tmp_path) in getattr(each, "baseFilename", ""))
    logging.root.removeHandler(handler)
    handler.close()
    assert "said later" in (tmp_path / "moved" / "train.log").read_text()
