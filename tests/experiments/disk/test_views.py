"""What a disk run leaves to be looked at; of networks trained at once, their band too."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar import layout_pb2

from src.lab import train
from src.lab.config import compose
from src.lab.dashboard.events import band_tags
from src.lab.records.results import Result
from src.lab.records.runs import load
from src.lab.report.report import Report

from .tiny import TINY_DISK

TANH = [*TINY_DISK, "data.train_points=60", "epochs=6", "model=disk_tanh"]
DRAWN = [*TANH, "model.epochs_per_step=1", "figures=always"]
FIGURES = {"decisions", "output", "hyperplanes", "history"}
VITALS = {"optimizer/lr", "optimizer/gradient_norm", "time/seconds_per_epoch", "time/samples_per_second"}
TOGETHER = "Mean ± std over the networks trained at once"


def run(folder: Path, *overrides: str) -> Result:
    cfg = compose("trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return train.run(cfg)


def board(folder: Path) -> EventAccumulator:
    return EventAccumulator(str(folder), size_guidance={"images": 0, "tensors": 0}).Reload()


def charts(found: EventAccumulator) -> dict[str, list[str]]:
    (event,) = found.Tensors("custom_scalars__config__")
    layout = layout_pb2.Layout.FromString(event.tensor_proto.string_val[0])
    return {category.title: [chart.title for chart in category.chart] for category in layout.category}


def test_a_run_leaves_its_figures_in_tensorboard_and_as_files(tmp_path: Path) -> None:
    run(tmp_path, *DRAWN)
    found = board(tmp_path / "tensorboard")
    assert set(found.Tags()["images"]) == {f"views/{name}" for name in FIGURES}
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == FIGURES
    assert [event.step for event in found.Images("views/decisions")] == [2, 3, 5, 6]
    assert found.Tags()["graph"]
    assert {node.op for node in found.Graph().node} >= {"Input", "Linear"}
    assert set(found.Tags()["scalars"]) >= VITALS
    assert all(event.value > 0 for tag in VITALS for event in found.Scalars(tag))
    assert charts(found) == {"Training and validation": ["loss", "error"]}


@pytest.mark.parametrize("precision", ["bf16-mixed", "bf16-true"])
def test_figures_are_drawn_in_bfloat16_too(precision: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run(tmp_path, *DRAWN, f"+trainer.precision={precision}")
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == FIGURES
    assert "not drawn" not in caplog.text


def test_drawing_changes_nothing(tmp_path: Path) -> None:
    drawn, plain = (run(tmp_path / figures, *DRAWN, f"figures={figures}") for figures in ("always", "never"))
    assert drawn["runs"] == plain["runs"]
    assert drawn["config_hash"] == plain["config_hash"]
    assert drawn["group"] == plain["group"]
    states = [
        torch.load(tmp_path / figures / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
        for figures in ("always", "never")
    ]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not (tmp_path / "never" / "figures").exists()
    assert not board(tmp_path / "never" / "tensorboard").Tags()["images"]


def test_networks_trained_at_once_have_their_band(tmp_path: Path) -> None:
    result = run(tmp_path, *TANH, "runs=4")
    found = board(tmp_path / "tensorboard")
    assert {title: sorted(each) for title, each in charts(found).items() if title.startswith(TOGETHER)} == {
        f"{TOGETHER}: loss": ["train loss", "val loss"],
        f"{TOGETHER}: error": ["train error", "val error"],
    }
    errors = [each["metrics"]["val/error"] for each in result["runs"]]
    edges = [found.Scalars(tag)[-1].value for tag in band_tags("val/error")]
    mean, std = np.mean(errors), np.std(errors, ddof=1)
    assert edges == pytest.approx([mean, mean - std, mean + std], rel=1e-4)


def test_a_report_writes_the_band_over_networks_trained_at_once(tmp_path: Path) -> None:
    """Ten at once, or six in one run and four in another."""
    for name, seed, runs in ("whole", 0, 10), ("parts/1", 0, 6), ("parts/2", 6, 4):
        run(tmp_path / name, *TANH, "model.epochs_per_step=3", f"seed={seed}", f"runs={runs}")
    errors = [each["metrics"]["val/error"] for each in json.loads((tmp_path / "whole/result.json").read_text())["runs"]]
    for folder in "whole", "parts":
        Report(load([tmp_path / folder])).write(tmp_path / folder)
        band = board(tmp_path / folder / "tensorboard_groups" / "disk_tanh")
        mean, lower, upper = (band.Scalars(tag)[-1].value for tag in band_tags("val/error"))
        assert mean == pytest.approx(np.mean(errors), rel=1e-4)
        assert (upper - lower) / 2 == pytest.approx(np.std(errors, ddof=1), rel=1e-4)


def test_the_history_goes_on_where_a_run_is_resumed(tmp_path: Path) -> None:
    overrides = [*TANH, "model.epochs_per_step=2", "runs=2"]
    run(tmp_path, *overrides, "epochs=4")
    run(tmp_path, *overrides, f"resume={tmp_path}")
    saved = torch.load(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)
    rows = pl.read_csv(tmp_path / "metrics.csv")
    for name in "train/loss", "val/loss", "val/error":
        epochs, values = saved["history"][name]
        assert epochs == [2, 4, 6]
        assert values.mean(1).tolist() == pytest.approx(rows[name].to_list(), rel=1e-5)
        assert values.std(1).tolist() == pytest.approx(rows[f"std {name}"].to_list(), rel=1e-4)
    assert json.loads((tmp_path / "result.json").read_text())["epochs"] == 6
