"""What is tried on every ported experiment in one process: resuming, callbacks, debugging, dashboard, checkpoints."""

import json
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from src.lab import train

from .case import BreaksIn, Case, checkpoint, column, same_weights

EVERY = "checkpoint.every=2"


class Matrix:
    """A subclass beside a fixture `case` tries all of it on each case."""

    @pytest.fixture(scope="class")
    @classmethod
    def whole(cls, case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The folder of a run that was never stopped."""
        folder = tmp_path_factory.mktemp(case.model)
        assert case.run(folder, "epochs=4", EVERY)["status"] == "completed"
        return folder

    def test_a_run_that_was_resumed_equals_one_that_was_never_stopped(
        self, case: Case, whole: Path, tmp_path: Path
    ) -> None:
        case.run(tmp_path, "epochs=2", EVERY)
        case.run(tmp_path, "epochs=4", EVERY, f"resume={tmp_path}")
        equal(tmp_path, whole)

    def test_a_run_that_broke_within_an_epoch_goes_on_to_the_same_end(
        self, case: Case, whole: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(RuntimeError, match="broken"):
            case.run(tmp_path, "epochs=4", EVERY, callbacks=[BreaksIn(epoch=3)])
        assert len(column(tmp_path, case.monitor)) == 3
        case.run(tmp_path, "epochs=4", EVERY, f"resume={tmp_path}")
        equal(tmp_path, whole)

    def test_the_best_epoch_is_kept_and_tested(self, case: Case, tmp_path: Path) -> None:
        result = case.run(tmp_path, "epochs=5", "callbacks=best")
        assert checkpoint(tmp_path, "best")["epoch"] == best_epoch(case, column(tmp_path, case.monitor))
        if case.tested:
            files = (tmp_path / "checkpoints" / f"{which}.ckpt" for which in ("best", "last"))
            best, last = (train.test(case.configuration(tmp_path), file) for file in files)
            assert best[case.objective] == result["metrics"][case.objective]
            assert best != last or checkpoint(tmp_path, "best")["epoch"] == 4

    def test_a_run_stops_early_by_its_monitor(self, case: Case, tmp_path: Path) -> None:
        result = case.run(tmp_path, "epochs=12", "callbacks=early_stopping", "callbacks.early_stopping.patience=1")
        measured = column(tmp_path, case.monitor)
        stops = [i for i in range(1, 12) if best_epoch(case, measured[: i + 1]) < i] or [11]
        assert result["epochs"] == len(measured) == stops[0] + 1

    @pytest.mark.filterwarnings("ignore:You requested to overfit but enabled train dataloader shuffling")
    @pytest.mark.parametrize("debug", ["fdr", "limit", "overfit", "profiler"])
    def test_debug_configurations_run(self, debug: str, case: Case, tmp_path: Path) -> None:
        result = case.run(tmp_path, f"debug={debug}", *([] if debug in ("fdr", "limit") else ["epochs=2"]))
        assert result["status"] == "completed"
        assert result["epochs"] == {"fdr": 1, "limit": 3}.get(debug, 2)
        if debug == "profiler":
            assert "optimizer_step" in (tmp_path / "fit-profile.txt").read_text()

    def test_tensorboard_shows_over_the_epochs_what_metrics_csv_says(self, case: Case, whole: Path) -> None:
        board = EventAccumulator(str(whole / "tensorboard")).Reload()
        for tag in case.curves:
            events = board.Scalars(tag)
            assert [event.step for event in events] == [1, 2, 3, 4]
            rows = column(whole, tag.removesuffix("_epoch"))
            assert [event.value for event in events] == pytest.approx(rows, rel=1e-4, nan_ok=True)

    def test_a_checkpoint_keeps_the_modules_own_hyper_parameters(self, case: Case, whole: Path) -> None:
        kept = checkpoint(whole).get("hyper_parameters")
        assert case.kept == (None if kept is None else set(kept))

    def test_what_the_model_has_no_use_for_is_refused_in_one_line(self, case: Case, tmp_path: Path) -> None:
        alone = rf"runs=3: model={case.model} is trained alone"
        with pytest.raises(ValueError, match=alone):
            case.configuration(tmp_path, "runs=3")
        if case.own_optimizer:
            with pytest.raises(ValueError, match=rf"model={case.model} makes its own: take optimizer=none") as said:
                case.configuration(tmp_path, "optimizer=adam", "optimizer.lr=123")
            assert "\n" not in str(said.value)


def equal(first: Path, second: Path) -> None:
    """Two runs have the same figures, weights and rows, to the last bit."""
    one, other = (json.loads((folder / "result.json").read_text()) for folder in (first, second))
    assert one["status"] == other["status"] == "completed"
    assert one["metrics"] == other["metrics"]
    assert (first / "metrics.csv").read_text() == (second / "metrics.csv").read_text()
    assert same_weights(first, second)


def best_epoch(case: Case, values: list[float]) -> int:
    """The first of the epochs with the best value."""
    return values.index(max(values) if case.mode == "max" else min(values))
