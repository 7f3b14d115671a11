"""What `train.log` tells of a run: how it began, how far it came, its best epoch, and how it ended."""

import logging
import signal
from pathlib import Path

import pytest

from src.lab.config import compose
from src.lab.stop import Stopped
from src.lab.train import run as train

from .running import BREAKS, MENDED, TOLD, rows, run


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "src.lab")
    return caplog


def lines(told: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in told.records]
    told.clear()
    return found


@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_run_is_told_from_its_beginning_to_its_end(mode: str, tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    result = run(tmp_path, "epochs=30", "seed=4", "monitor=val/loss", f"mode={mode}", "optimizer.lr=2")
    begins, parameters, training, *epochs, trained, completed = lines(told)
    assert begins.startswith("a run of toy, seed=4: ") and "'epochs=30', 'seed=4', " in begins
    assert parameters.endswith("parameters on cpu")
    assert training.startswith("training of Toy on ") and training.endswith(" 1 of validation")
    assert [line.partition(" of ")[0] for line in epochs] == [f"epoch {n}" for n in (1, *range(3, 31, 3))]
    losses = [float(row["val/loss"]) for row in rows(tmp_path)]
    best = (min if mode == "min" else max)(losses)
    assert trained.startswith("trained for 30 epochs in ")
    assert trained.endswith(f"the best of them epoch {losses.index(best) + 1} with val/loss {best:.4g}")
    assert completed == f"completed after 30 epochs: test miss {result['metrics']['test/miss']:.1f} %"


def test_one_that_is_stopped_and_goes_on_is_told_without_a_traceback(
    tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Stopped):
        run(tmp_path, "epochs=6", TOLD % (2, signal.SIGTERM, 1))
    *_, last = told.records
    assert last.getMessage() == "interrupted: Stopped: by SIGTERM after epoch 3 of 6"
    assert not last.exc_info
    told.clear()
    train(compose(f"resume={tmp_path}", "~callbacks.told"))
    begins, _, training, *epochs, trained, completed = lines(told)
    assert begins.startswith("a run of toy, seed=0: ")
    assert training.endswith(", on after epoch 3 of 6")
    assert [line.partition(" of ")[0] for line in epochs] == ["epoch 4", "epoch 5", "epoch 6"]
    assert trained.startswith("trained for 3 epochs") and completed.startswith("completed after 6 epochs")


def test_one_that_fails_is_told_with_its_traceback(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuntimeError):
        run(tmp_path, "epochs=6", BREAKS % 2)
    *_, last = told.records
    assert last.getMessage() == "failed"
    assert last.exc_info and isinstance(last.exc_info[1], RuntimeError)
    told.clear()
    train(compose(f"resume={tmp_path}", MENDED))
    assert lines(told)[-1].startswith("completed after 6 epochs")
