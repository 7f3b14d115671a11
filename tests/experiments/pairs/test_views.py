"""What a pairs run leaves to be looked at; and that drawing changes nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar import layout_pb2

from src.lab import train
from src.lab.config import compose
from src.lab.dashboard.events import band_tags
from src.lab.records.results import Result

from .tiny import TINY

DRAWN = [*TINY, "epochs=6", "model=ws_aux_bn_dropout", "data/augment=affine", "figures=always"]
FIGURES = {"pairs judged wrong", "digit confusion", "calibration", "first layer", "augmented digits"}
VITALS = {"optimizer/lr", "optimizer/gradient_norm", "time/seconds_per_epoch", "time/samples_per_second"}


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
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == {name.replace(" ", "_") for name in FIGURES}
    assert [event.step for event in found.Images("views/digit confusion")] == [2, 3, 5, 6]
    assert found.Tags()["graph"]
    assert {node.op for node in found.Graph().node} >= {"Input", "Linear"}
    assert set(found.Tags()["scalars"]) >= VITALS
    assert all(event.value > 0 for tag in VITALS for event in found.Scalars(tag))
    assert charts(found) == {
        "Training and validation": ["loss", "error"],
        "Training and validation: digits": ["digit error"],
    }
    assert list((tmp_path / "tensorboard").rglob("tensors.tsv")), "the projector's"


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


def test_of_several_networks_the_first_is_drawn_and_the_band_over_all_shown(tmp_path: Path) -> None:
    result = run(tmp_path / "drawn", *DRAWN, "runs=3")
    plain = run(tmp_path / "plain", *DRAWN, "runs=3", "figures=never")
    assert result["runs"] == plain["runs"], "drawing changes nothing"
    found = board(tmp_path / "drawn" / "tensorboard")
    assert set(found.Tags()["images"]) == {f"views/{name}" for name in FIGURES}
    assert {node.op for node in found.Graph().node} >= {"Conv2d", "Linear"}, "those of a lone network"
    assert set(found.Tags()["scalars"]) >= VITALS
    together = "Mean ± std over the networks trained at once"
    assert charts(found)[f"{together}: error"] == ["train error", "val error"]
    errors = [each["metrics"]["val/error"] for each in result["runs"]]
    edges = [found.Scalars(tag)[-1].value for tag in band_tags("val/error")]
    mean, std = np.mean(errors), np.std(errors, ddof=1)
    assert edges == pytest.approx([mean, mean - std, mean + std], rel=1e-4)


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("model", ["basic", "digit_two_nets", "ws_aux_features", "classic_bce", "resnet", "best"])
def test_every_kind_of_network_can_be_shown(model: str, tmp_path: Path) -> None:
    run(tmp_path, *TINY, "epochs=1", f"model={model}", "figures=always")
    nodes = {node.name: list(node.input) for node in board(tmp_path / "tensorboard").Graph().node}
    assert all(inputs for name, inputs in nodes.items() if name != "input"), "every layer gets something from somewhere"
    assert all(source in nodes for inputs in nodes.values() for source in inputs)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("precision", ["bf16-mixed", "bf16-true"])
@pytest.mark.parametrize("model", ["ws_aux_bn_dropout", "best"])
def test_figures_are_drawn_in_bfloat16_too(
    model: str, precision: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    few = [*TINY, f"model={model}", "schedule=constant", "data/augment=affine", "figures=always"]
    run(tmp_path, *few, f"+trainer.precision={precision}")
    assert {path.stem for path in (tmp_path / "figures").glob("*.png")} == {name.replace(" ", "_") for name in FIGURES}
    assert list((tmp_path / "tensorboard").rglob("tensors.tsv"))
    assert "not drawn" not in caplog.text


@pytest.mark.parametrize("model", ["ws", "ws_aux_features"])
def test_a_model_that_is_not_trained_on_digits_shows_none(model: str, tmp_path: Path) -> None:
    result = run(tmp_path, *TINY, f"model={model}", "figures=always")
    assert not [name for name in result["metrics"] if "digit" in name or "argmax" in name or "bayes" in name]
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {
        "pairs_judged_wrong", "calibration", "first_layer",
    }  # fmt: skip
    assert charts(board(tmp_path / "tensorboard")) == {"Training and validation": ["loss", "error"]}


def test_the_knobs_of_a_model_are_its_hyperparameters() -> None:
    from src.lab.dashboard.hparams import hyperparameters

    values = hyperparameters(compose(*TINY, "seed=3", "model=ws_aux_bn_dropout"), 72510)
    assert (values["model"], values["seed"], values["parameters"]) == ("ws_aux_bn_dropout", 3, 72510)
    assert (values["optimizer"], values["optimizer.lr"]) == ("Adadelta", 1.0)
    assert values["model.dropout"] == 0.1
    assert not [name for name in values if name.startswith("model.module")]
