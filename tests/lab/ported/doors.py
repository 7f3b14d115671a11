"""What is tried on every ported experiment through the commands: a sweep, what it leaves behind, and a search."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from optuna.study import StudyDirection
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata, plugin_data_pb2

from src.lab import compose
from src.lab.evaluate import evaluate
from src.lab.records.metrics import title
from src.lab.tune.search import Search
from src.lab.tune.space import parse, usual
from tests.conftest import Command, results_in

from .case import Case, process, same_weights

SHORT = "epochs=2"


class Doors:
    """A subclass beside a fixture `case` tries all of it on each case."""

    @pytest.fixture(scope="class")
    @classmethod
    def sweep(cls, case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The folder of a sweep of two seeds and two values, which has said what it should: one for all workers."""
        own = tmp_path_factory.getbasetemp()
        place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"ported_{case.model}"
        with FileLock(f"{place}.lock"):
            if not (place / "sweep" / "summary.json").is_file():
                cls.make(case, place)
        return place / "sweep"

    @staticmethod
    def make(case: Case, place: Path) -> None:
        place.mkdir()
        done = process(place, *sweep_of(case, "0,1"))
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        lines = re.findall(r"^\[(\d)/4\] .*seed=\d · (.+) · [\d.]+ s$", done.stdout, re.MULTILINE)
        assert [number for number, _ in lines] == ["1", "2", "3", "4"]
        assert all(said.startswith(title(case.objective) + " ") for _, said in lines)
        assert f" {case.heading} " in done.stdout

    def test_a_sweeps_table_has_the_best_first(self, case: Case, sweep: Path) -> None:
        found = results_in(sweep)
        assert [result["status"] for result in found] == ["completed"] * 4
        assert {result["objective"] for result in found} == {case.objective}
        summary = json.loads((sweep / "summary.json").read_text())["summary"]
        key, *values = case.swept
        assert {row["group"] for row in summary} == {f"{key}={value}" for value in values}
        assert in_order([row["mean"] for row in summary], case.better)

    def test_a_single_run_equals_that_of_the_sweep(
        self, case: Case, sweep: Path, here: Command, tmp_path: Path
    ) -> None:
        key, _, value = case.swept
        done = here("src.train", *case.arguments, SHORT, f"{key}={value}", "seed=1", "hydra.run.dir=run")
        assert done.returncode == 0, done.stderr
        assert title(case.objective) in done.stdout.splitlines()[-1]
        (alone,) = results_in(tmp_path)
        (swept,) = (path for path in sweep.glob("*/result.json") if is_of(path, alone))
        assert alone["metrics"] == json.loads(swept.read_text())["metrics"]
        assert (tmp_path / "run" / "metrics.csv").read_text() == swept.with_name("metrics.csv").read_text()
        assert same_weights(tmp_path / "run", swept.parent)

    def test_the_same_sweep_is_skipped_and_another_seed_added(
        self, case: Case, sweep: Path, here: Command, tmp_path: Path
    ) -> None:
        own = shutil.copytree(sweep, tmp_path / "sweep")
        before = {path: path.stat().st_mtime_ns for path in own.rglob("result.json")}
        again = here(*sweep_of(case, "0,1"), "--dry-run")
        assert (again.returncode, again.stdout.count(" done ")) == (0, 4), again.stderr
        more = here(*sweep_of(case, "0,1,2"))
        assert (more.returncode, "6 runs into sweep, 4 done before" in more.stdout) == (0, True), more.stderr
        assert len(results_in(own)) == 6
        assert all(path.stat().st_mtime_ns == then for path, then in before.items())

    def test_another_metric_is_reported_in_its_own_direction(
        self, case: Case, sweep: Path, here: Command, tmp_path: Path
    ) -> None:
        done = here("src.report", str(sweep), "--metric", case.other, "--out", "other")
        assert done.returncode == 0, done.stderr
        whole = json.loads((tmp_path / "other" / "summary.json").read_text())
        assert whole["metric"] == case.other
        means = [row["mean"] for row in whole["summary"]]
        assert None not in means
        if case.other_better:
            assert in_order(means, case.other_better)
        extremes = "best (seed)" if case.other_better else "least (seed)"
        assert extremes in (tmp_path / "other" / "summary.md").read_text()

    def test_a_run_is_tested_again_with_the_same_figures(self, case: Case, sweep: Path) -> None:
        (run, *_) = sorted(path.parent for path in sweep.glob("*/result.json"))
        if not case.tested:
            with pytest.raises(ValueError, match="has no test"):
                evaluate(run)
            return
        metrics = json.loads((run / "result.json").read_text())["metrics"]
        assert evaluate(run) == {name: value for name, value in metrics.items() if name.startswith("test")}

    def test_hparams_have_what_was_swept(self, case: Case, sweep: Path) -> None:
        key, *values = case.swept
        found = set()
        for folder in sweep.glob("*/tensorboard"):
            board = EventAccumulator(str(folder)).Reload()
            content = board.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
            hparams = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
            assert hparams["model"].string_value == case.model
            assert "optimizer.lr" not in hparams or not case.own_optimizer
            found.add(hparams[key].number_value)
        assert found == {float(value) for value in values}

    def test_a_search_follows_the_monitor_in_its_direction(self, case: Case, tmp_path: Path) -> None:
        fixed, space = parse([*case.arguments, SHORT, *case.space])
        search = Search(tmp_path, fixed, space or usual(fixed))
        search.run(2)
        search.show()
        assert search.study.direction == {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}[case.mode]
        values = [trial.value for trial in search.study.trials]
        results = results_in(tmp_path)
        assert values == [result["metrics"][case.monitor] for result in results]
        assert search.study.best_value == (min if case.mode == "min" else max)(values)
        assert not any(name.startswith("test") for result in results for name in result["metrics"])

    def test_a_search_without_a_space_takes_the_usual_or_asks(self, case: Case) -> None:
        fixed = case.arguments
        if "batch_size" in compose(*fixed).data:
            assert ("optimizer.lr" in usual(fixed)) == (not case.own_optimizer)
        else:
            with pytest.raises(ValueError, match="say what to search"):
                usual(fixed)


def sweep_of(case: Case, seeds: str) -> list[str]:
    """The command of a sweep over seeds and two values."""
    key, *values = case.swept
    varied = f"{key}={','.join(values)}", f"seed={seeds}"
    return ["src.train", *case.arguments, SHORT, "-m", *varied, "hydra.sweep.dir=sweep", "hydra.launcher.workers=1"]


def in_order(means: list[float], better: str) -> bool:
    return means == sorted(means, reverse=better == "higher")


def is_of(path: Path, alone: dict[str, object]) -> bool:
    """Whether the result is that of the same configuration and seed."""
    found = json.loads(path.read_text())
    return all(found[key] == alone[key] for key in ("config_hash", "seed"))
