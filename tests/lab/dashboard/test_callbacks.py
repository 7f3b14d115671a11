"""What a run leaves to be looked at: tags, images, files; and that drawing changes nothing."""

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import metadata, plugin_data_pb2

from src.lab import train as experiment
from src.lab.config import compose
from src.lab.dashboard.events import band_tags
from src.lab.records.results import Result
from src.lab.report import report
from tests.conftest import TINY

DISK = ["data.train_points=60", "data.val_points=20", "data.test_points=20", "data.batch_size=20", "epochs=6"]
DRAWN = {
    "pairs": ([*TINY, "epochs=6", "model=ws_aux_bn_dropout", "data/augment=affine", "figures=always"],
              {"pairs judged wrong", "digit confusion", "calibration", "first layer", "augmented digits"}),
    "disk": (["model=disk_tanh", *DISK, "model.epochs_per_step=1", "figures=always"],
             {"decisions", "output", "hyperplanes", "history"}),
}  # fmt: skip
VITALS = {"optimizer/lr", "optimizer/gradient_norm", "time/seconds_per_epoch", "time/samples_per_second"}


def run(folder: Path, *overrides: str) -> Result:
    cfg = compose("trainer=cpu", *overrides)
    cfg.job.folder = str(folder)
    return experiment.run(cfg)


def board(folder: Path) -> EventAccumulator:
    return EventAccumulator(str(folder), size_guidance={"images": 0, "tensors": 0}).Reload()


def charts(found: EventAccumulator) -> dict[str, list[str]]:
    (event,) = found.Tensors("custom_scalars__config__")
    layout = layout_pb2.Layout.FromString(event.tensor_proto.string_val[0])
    return {category.title: [chart.title for chart in category.chart] for category in layout.category}


def session(found: EventAccumulator) -> Any:
    content = found.summary_metadata[metadata.SESSION_START_INFO_TAG].plugin_data.content
    return plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams


@pytest.mark.parametrize("kind", DRAWN)
def test_a_run_leaves_its_figures_in_tensorboard_and_as_files(kind: str, tmp_path: Path) -> None:
    overrides, names = DRAWN[kind]
    run(tmp_path, *overrides)
    found = board(tmp_path / "tensorboard")
    assert set(found.Tags()["images"]) == names
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == {name.replace(" ", "_") for name in names}
    changing = {"pairs": "digit confusion", "disk": "decisions"}[kind]
    assert [event.step for event in found.Images(changing)] == [2, 3, 5, 6]
    assert found.Tags()["graph"]
    assert {node.op for node in found.Graph().node} >= {"Input", "Linear"}
    assert set(found.Tags()["scalars"]) >= VITALS
    assert all(event.value > 0 for tag in VITALS for event in found.Scalars(tag))
    assert charts(found)["Training and validation"] == ["loss", "error (%)"]
    digits = charts(found).get("Training and validation: digits")
    assert digits == (["digit error (%)"] if kind == "pairs" else None)
    command, configuration = (found.Tensors(f"{name}/text_summary")[0] for name in ("command", "configuration"))
    said = command.tensor_proto.string_val[0].decode().strip("`")
    assert shlex.split(said) == ["python", "-m", "src.train", "trainer=cpu", *overrides]
    assert b"seed: 0" in configuration.tensor_proto.string_val[0]
    if kind == "pairs":
        assert list((tmp_path / "tensorboard").rglob("tensors.tsv")), "the projector's"


@pytest.mark.parametrize("kind", DRAWN)
def test_drawing_changes_nothing(kind: str, tmp_path: Path) -> None:
    overrides, _ = DRAWN[kind]
    drawn, plain = (run(tmp_path / figures, *overrides, f"figures={figures}") for figures in ("always", "never"))
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


def test_single_runs_draw_and_sweeps_don_t() -> None:
    for choice, swept, draws in (("single", False, True), ("single", True, False), ("always", True, True)):
        from src.lab.dashboard.callbacks import Dashboard

        assert Dashboard("", choice, swept).draws is draws  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["basic", "digit_two_nets", "ws_aux_features", "classic_bce", "resnet", "best"])
def test_every_kind_of_network_can_be_shown(model: str, tmp_path: Path) -> None:
    run(tmp_path, *TINY, "epochs=1", f"model={model}", "figures=always")
    nodes = {node.name: list(node.input) for node in board(tmp_path / "tensorboard").Graph().node}
    assert all(inputs for name, inputs in nodes.items() if name != "input"), "every layer gets something from somewhere"
    assert all(source in nodes for inputs in nodes.values() for source in inputs)


def test_hparams_are_filled(tmp_path: Path) -> None:
    result = run(tmp_path, *TINY, "seed=3", "model=ws_aux_bn_dropout")
    found = board(tmp_path / "tensorboard")
    values = session(found)
    assert (values["model"].string_value, values["seed"].number_value) == ("ws_aux_bn_dropout", 3)
    assert (values["optimizer"].string_value, values["optimizer.lr"].number_value) == ("Adadelta", 1.0)
    assert values["model.dropout"].number_value == 0.1
    content = found.summary_metadata[metadata.EXPERIMENT_TAG].plugin_data.content
    columns = plugin_data_pb2.HParamsPluginData.FromString(content).experiment
    tags = [info.name.tag for info in columns.metric_infos]
    assert {"test/error", "val/error", "test/digit_error"} <= set(tags)
    for tag in tags:
        assert found.Scalars(tag)[-1].value == pytest.approx(result["metrics"][tag], rel=1e-4)
    assert {info.name for info in columns.hparam_infos} == set(values), "no empty column"


def test_networks_trained_at_once_have_their_band_and_their_row(tmp_path: Path) -> None:
    result = run(tmp_path, "model=disk_tanh", *DISK, "runs=4", "figures=never")
    found = board(tmp_path / "tensorboard")
    assert session(found)["runs"].number_value == 4
    assert "val error (%)" in charts(found)["Mean ± std over the networks trained at once"]
    errors = [each["metrics"]["val/error"] for each in result["runs"]]
    edges = [found.Scalars(tag)[-1].value for tag in band_tags("val/error")]
    mean, std = np.mean(errors), np.std(errors, ddof=1)
    assert edges == pytest.approx([mean, mean - std, mean + std], rel=1e-4)


def test_a_report_writes_the_band_over_seeds(tmp_path: Path) -> None:
    for seed in range(3):
        run(tmp_path / f"run{seed}", *TINY, "model=basic", f"seed={seed}")
    found = report.Report(report.load([tmp_path]))
    found.write(tmp_path)
    found.write(tmp_path)
    assert (tmp_path / "summary.png").read_bytes().startswith(b"\x89PNG")
    (events,) = (tmp_path / "tensorboard_groups" / "basic").iterdir()
    band = board(events.parent)
    assert charts(band)["Mean ± std over seeds"] == ["train error (%)", "train loss", "val error (%)", "val loss"]
    files = [pl.read_csv(tmp_path / f"run{seed}" / "metrics.csv") for seed in range(3)]
    for metric in "val/error", "train/loss":
        values = np.array([file[metric].to_numpy() for file in files])
        mean, std = values.mean(0), values.std(0, ddof=1)
        for tag, expected in zip(band_tags(metric), (mean, mean - std, mean + std), strict=True):
            assert [event.value for event in band.Scalars(tag)] == pytest.approx(expected.tolist(), rel=1e-5)
            assert [event.step for event in band.Scalars(tag)] == [0, 1]


def test_a_report_writes_the_band_over_networks_trained_at_once(tmp_path: Path) -> None:
    """Ten at once, or six in one run and four in another."""
    for name, seed, runs in ("whole", 0, 10), ("parts/1", 0, 6), ("parts/2", 6, 4):
        run(
            tmp_path / name,
            "model=disk_tanh",
            *DISK,
            "model.epochs_per_step=3",
            "figures=never",
            f"seed={seed}",
            f"runs={runs}",
        )
    errors = [each["metrics"]["val/error"] for each in json.loads((tmp_path / "whole/result.json").read_text())["runs"]]
    for folder in "whole", "parts":
        report.Report(report.load([tmp_path / folder])).write(tmp_path / folder)
        band = board(tmp_path / folder / "tensorboard_groups" / "disk_tanh")
        mean, lower, upper = (band.Scalars(tag)[-1].value for tag in band_tags("val/error"))
        assert mean == pytest.approx(np.mean(errors), rel=1e-4)
        assert (upper - lower) / 2 == pytest.approx(np.std(errors, ddof=1), rel=1e-4)


def test_the_history_goes_on_where_a_run_is_resumed(tmp_path: Path) -> None:
    overrides = ["model=disk_tanh", *DISK, "model.epochs_per_step=2", "runs=2", "figures=never"]
    run(tmp_path, *overrides, "epochs=4")
    run(tmp_path, *overrides, f"resume={tmp_path}")
    saved = torch.load(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)
    rows = pl.read_csv(tmp_path / "metrics.csv")
    for name in "train/loss", "val/loss", "val/error":
        epochs, values = saved["course"][name]
        assert epochs == [2, 4, 6]
        assert values.mean(1).tolist() == pytest.approx(rows[name].to_list(), rel=1e-5)
        assert values.std(1).tolist() == pytest.approx(rows[f"std {name}"].to_list(), rel=1e-4)
    assert json.loads((tmp_path / "result.json").read_text())["epochs"] == 6
