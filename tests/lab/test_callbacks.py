"""What is written and checked once an epoch, of metrics of any name, logged whenever a module likes."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from src.lab.callbacks import StopWhenHopeless
from src.lab.records.curves import last, read

from .running import rows, run, same_end
from .toy.data import Points
from .toy.module import Toy


class Irregular(Toy):
    """Logs a metric in every other epoch, one from the third epoch on, and one at an epoch's end."""

    def training_step(self, batch: Points, batch_idx: int) -> Tensor:
        if self.current_epoch % 2:
            self.log("odd", float(self.current_epoch), on_step=False, on_epoch=True)
        if self.current_epoch >= 2:
            self.log("a/late", float(self.current_epoch), on_step=True, on_epoch=True)
        return super().training_step(batch, batch_idx)

    def on_train_epoch_end(self) -> None:
        self.log("at_the_end", float(self.current_epoch))


class Undefined(Toy):
    """Logs a metric that is not a number from the second epoch on, under the name that is its `kind`."""

    def __init__(self, kind: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.kind = kind

    def training_step(self, batch: Points, batch_idx: int) -> Tensor:
        self.log(self.kind, math.nan if self.current_epoch else 1.0, on_step=False, on_epoch=True)
        return super().training_step(batch, batch_idx)


IRREGULAR = [f"model._target_={__name__}.Irregular", "+trainer.check_val_every_n_epoch=2", "callbacks=best"]


def undefined(name: str) -> list[str]:
    return [f"model._target_={__name__}.Undefined", f"+model.kind={name}"]


def test_a_metric_that_was_not_measured_in_an_epoch_is_an_empty_cell(tmp_path: Path) -> None:
    result = run(tmp_path, *IRREGULAR, "epochs=5")
    table = list(csv.reader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert {len(row) for row in table} == {len(table[0])}, "no row has a cell too many or too few"
    found = rows(tmp_path)
    assert [row["epoch"] for row in found] == ["0", "1", "2", "3", "4"]
    assert [row["odd"] for row in found] == ["", "1.0", "", "3.0", ""]
    assert [row["a/late"] for row in found] == ["", "", "2.0", "3.0", "4.0"]
    assert [row["at_the_end"] for row in found] == ["0.0", "1.0", "2.0", "3.0", "4.0"]
    assert [bool(row["val/miss"]) for row in found] == [False, True, False, True, False]
    assert all(row["train/loss"] for row in found)
    assert not any(name.endswith(("_step", "_epoch")) for name in found[0])
    assert read(tmp_path / "metrics.csv")["odd"] == {1: 1.0, 3: 3.0}
    assert last(tmp_path / "metrics.csv")["val/loss"] == result["metrics"]["val/loss"] == float(found[3]["val/loss"])
    assert (result["metrics"]["odd"], result["metrics"]["at_the_end"]) == (3.0, 4.0)


def test_the_rows_of_a_resumed_run_are_those_of_one_that_was_never_stopped(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", *IRREGULAR, "epochs=6")
    for epochs in 2, 3, 4, 6:
        resume = [f"resume={tmp_path / 'part'}"] if epochs > 2 else []
        part = run(tmp_path / "part", *IRREGULAR, f"epochs={epochs}", *resume)
    assert part["metrics"] == whole["metrics"]
    assert rows(tmp_path / "part") == rows(tmp_path / "whole")
    assert same_end(tmp_path / "part", tmp_path / "whole")


@pytest.mark.parametrize("how", ["cut", "empty", "gone", "windows", "noise"])
def test_a_run_goes_on_whatever_became_of_its_rows(how: str, tmp_path: Path) -> None:
    run(tmp_path, *IRREGULAR, "epochs=4")
    path = tmp_path / "metrics.csv"
    text = path.read_text()
    end = text.index("\n2,") + 5
    damaged = {
        "cut": text[:end],
        "empty": "",
        "windows": text.replace("\n", "\r\n"),
        "noise": text + "1,2\n,,,,,,,,,,,,\n\0\n",
    }
    path.unlink() if how == "gone" else path.write_text(damaged[how], newline="")
    run(tmp_path, *IRREGULAR, "epochs=6", f"resume={tmp_path}")
    kept = {"cut": [0, 1], "empty": [], "gone": []}.get(how, [0, 1, 2, 3])
    assert [int(row["epoch"]) for row in rows(tmp_path)] == [*kept, 4, 5]
    assert all(float(row["train/loss"]) for row in rows(tmp_path))
    assert list(read(path)["odd"]) == [epoch for epoch in (1, 3, 5) if epoch in [*kept, 5]]


@pytest.mark.parametrize("name", ["train_loss", "train/aux_loss", "loss", "loss/train/loss"])
def test_a_loss_that_is_no_number_stops_the_run(name: str, tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match=f"diverged: {name} is nan in epoch 2; "):
        run(tmp_path, *undefined(name), "epochs=5")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["status"] == "failed"
    assert result["error"].startswith(f"FloatingPointError: diverged: {name} is nan in epoch 2")


@pytest.mark.parametrize("name", ["r2", "val_acc", "loss_ratio"])
def test_another_metric_that_is_no_number_is_null_and_the_run_is_completed(name: str, tmp_path: Path) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not in JSON")

    returned = run(tmp_path, *undefined(name), "epochs=3")
    result = json.loads((tmp_path / "result.json").read_text(), parse_constant=refuse)
    assert result == returned
    assert (result["status"], result["epochs"]) == ("completed", 3)
    assert result["metrics"][name] is None
    assert result["runs"][0]["metrics"][name] is None
    assert [float(row[name]) for row in rows(tmp_path)] == pytest.approx([1.0, math.nan, math.nan], nan_ok=True)


def test_a_metric_named_without_a_slash_is_recorded(tmp_path: Path) -> None:
    result = run(tmp_path, *undefined("val_score"), "epochs=1", "objective=val_score")
    assert result["metrics"]["val_score"] == 1
    assert (result["objective"], rows(tmp_path)[0]["val_score"]) == ("val_score", "1.0")


@pytest.mark.parametrize("metric", ["val/loss", "at_the_end"])
def test_a_hopeless_run_ends_with_the_epoch_that_says_so(metric: str, tmp_path: Path) -> None:
    asked = list[tuple[int, float]]()

    def hopeless(epoch: int, value: float) -> bool:
        asked.append((epoch, value))
        return epoch == 2

    stop = StopWhenHopeless(metric, hopeless)
    result = run(tmp_path, f"model._target_={__name__}.Irregular", "epochs=9", callbacks=[stop])
    assert stop.stopped
    assert result["epochs"] == 3
    for row, (epoch, value) in zip(rows(tmp_path), asked, strict=True):
        assert (float(row["epoch"]), float(row[metric])) == (epoch, pytest.approx(value, rel=1e-5))
