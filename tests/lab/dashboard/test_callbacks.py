"""What a run leaves to be looked at: tags, images, files; and that drawing changes nothing."""

import csv
import logging
import re
import shlex
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from src.lab.dashboard.callbacks import Dashboard
from src.lab.dashboard.events import TRAINING, band_tags
from src.lab.dashboard.text import command
from src.lab.records.runs import load
from src.lab.report.report import Report
from tests.lab.toy import MANY, TOY

from .runs import AS, board, charts, layout, points, run

DRAWN = ["model=toy_shown", "epochs=6", "figures=always"]
VITALS = {"optimizer/lr", "time/seconds_per_epoch"}


def matching(tags: list[str], patterns: list[str]) -> list[str]:
    """The tags that a chart of these patterns shows."""
    return sorted(tag for tag in tags if any(re.search(pattern, tag) for pattern in patterns))


def test_a_run_leaves_its_figures_in_tensorboard_and_as_files(tmp_path: Path) -> None:
    run(tmp_path, *DRAWN)
    found = board(tmp_path / "tensorboard")
    assert found.Tags()["images"] == ["views/first weights"]
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["first_weights.png"]
    assert (tmp_path / "figures" / "first_weights.png").read_bytes().startswith(b"\x89PNG")
    assert [event.step for event in found.Images("views/first weights")] == [2, 3, 5, 6]
    assert (
        found.Images("views/first weights")[-1].encoded_image_string
        == (tmp_path / "figures" / "first_weights.png").read_bytes()
    )
    assert set(found.Tags()["scalars"]) >= VITALS
    assert all(value > 0 for tag in VITALS for _, value in points(found, tag))
    assert charts(found) == {TRAINING: ["loss", "miss"]}


def test_a_run_says_what_it_was_started_with(tmp_path: Path) -> None:
    run(tmp_path, *DRAWN)
    found = board(tmp_path / "tensorboard")
    started, configuration = (found.Tensors(f"{name}/text_summary")[0] for name in ("command", "configuration"))
    said = started.tensor_proto.string_val[0].decode().strip("`")
    assert shlex.split(said)[:3] == ["python", "-m", "src.train"]
    assert set(shlex.split(said)[3:]) >= {"figures=always", "trainer=cpu", *DRAWN}
    assert b"seed: 0" in configuration.tensor_proto.string_val[0]


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


def test_a_module_without_views_has_all_but_pictures(tmp_path: Path) -> None:
    run(tmp_path, "figures=always")
    found = board(tmp_path / "tensorboard")
    assert set(found.Tags()["scalars"]) >= VITALS | {"train/loss", "val/miss", "test/miss"}
    assert not found.Tags()["images"]
    assert not found.Tags()["graph"]
    assert not (tmp_path / "figures").exists()


def test_a_drawing_that_fails_is_said_and_fails_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    result = run(tmp_path, *DRAWN, "views=tests.lab.toy.module.BrokenViews")
    assert result["status"] == "completed" and result["error"] is None
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert said == [  # each once, however often it is drawn
        "not drawn: the layout of the charts (KeyError: 'charts')",
        "not drawn: the figure 'broken' (RuntimeError: no ink left)",
        "not drawn: the graph (KeyError: 'charts')",
        "not drawn: the projector's points (KeyError: 'charts')",
    ]
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["first_weights.png"]
    assert charts(board(tmp_path / "tensorboard")) == {TRAINING: ["loss", "miss"]}


def test_single_runs_draw_and_sweeps_don_t() -> None:
    for choice, swept, draws in (("single", False, True), ("single", True, False), ("always", True, True)):
        assert Dashboard("", choice, swept).draws is draws  # type: ignore[arg-type]
    assert not Dashboard("", "never", False).draws


def test_all_that_is_logged_of_an_epoch_lies_on_an_axis_of_epochs(tmp_path: Path) -> None:
    run(tmp_path, "epochs=3")
    found = board(tmp_path / "tensorboard")
    for tag in ("train/loss", "train/miss", "val/loss", "val/miss", *VITALS):
        assert [step for step, _ in points(found, tag)] == [1, 2, 3], tag
    assert [value for _, value in points(found, "optimizer/lr")] == pytest.approx(3 * [0.1])


def test_names_without_a_slash_have_their_axis_and_their_charts_too(tmp_path: Path) -> None:
    result = run(tmp_path, AS + "Underscored", "epochs=3", "monitor=val_acc", "mode=max", "objective=val_acc")
    found = board(tmp_path / "tensorboard")
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    for tag, name in ("train_loss_epoch", "train_loss"), ("val_loss", "val_loss"), ("val_acc", "val_acc"):
        assert points(found, tag) == [(i, pytest.approx(float(row[name]), rel=1e-4)) for i, row in enumerate(rows, 1)]
    assert [step for step, _ in points(found, "optimizer/lr")] == [1, 2, 3]
    assert result["metrics"]["val_acc"] == float(rows[-1]["val_acc"])
    (category,) = layout(found).category
    shown = {chart.title: list(chart.multiline.tag) for chart in category.chart}
    assert list(shown) == ["loss", "acc"]
    assert matching(found.Tags()["scalars"], shown["loss"]) == ["train_loss_epoch", "val_loss"]
    assert matching(["train_loss", "val_loss", "val_acc", "test_loss"], shown["loss"]) == ["train_loss", "val_loss"]
    assert matching(["train_acc", "val_acc", "val_accuracy"], shown["acc"]) == ["train_acc", "val_acc"]


def test_each_of_several_optimizers_has_its_learning_rate(tmp_path: Path) -> None:
    run(tmp_path, AS + "Rivals", "epochs=2", "optimizer.lr=0.2")
    found = board(tmp_path / "tensorboard")
    assert points(found, "optimizer/lr_0") == [(1, pytest.approx(0.2)), (2, pytest.approx(0.2))]
    assert points(found, "optimizer/lr_1") == [(1, pytest.approx(0.05)), (2, pytest.approx(0.05))]
    assert "optimizer/lr" not in found.Tags()["scalars"]


def test_a_report_writes_the_band_over_seeds(tmp_path: Path) -> None:
    for seed in range(3):
        run(tmp_path / f"run{seed}", f"seed={seed}")
    report = Report(load([tmp_path]))
    report.write(tmp_path)
    report.write(tmp_path)
    assert (tmp_path / "summary.png").read_bytes().startswith(b"\x89PNG")
    (events,) = (tmp_path / "tensorboard_groups" / "toy").iterdir()
    band = board(events.parent)
    title = "Mean ± std over seeds"
    assert {name: sorted(found) for name, found in charts(band).items()} == {
        f"{title}: loss": ["train loss", "val loss"],
        f"{title}: miss": ["train miss", "val miss"],
    }
    files = [pl.read_csv(tmp_path / f"run{seed}" / "metrics.csv") for seed in range(3)]
    for metric in "val/miss", "train/loss":
        values = np.array([file[metric].to_numpy() for file in files])
        mean, std = values.mean(0), values.std(0, ddof=1)
        for tag, expected in zip(band_tags(metric), (mean, mean - std, mean + std), strict=True):
            assert points(band, tag) == [(i, pytest.approx(value, rel=1e-5)) for i, value in enumerate(expected, 1)]


def test_names_without_a_slash_have_their_bands_too(tmp_path: Path) -> None:
    """Of two seeds; the third lasts an epoch longer, where there is no std."""
    for seed, epochs in enumerate((2, 2, 3)):
        run(tmp_path / f"run{seed}", AS + "Underscored", f"seed={seed}", f"epochs={epochs}", "objective=val_acc")
    two, three = load([tmp_path], {"epochs": ["2"]}), load([tmp_path]).with_columns(group=pl.lit("all"))
    title = "Mean ± std over seeds"
    for group, runs in ("toy", two), ("all", three):
        Report(runs).write(tmp_path)
        (folder,) = (tmp_path / "tensorboard_groups").iterdir()
        assert folder.name == group, "what was written before is gone"
        band = board(folder)
        assert {name: sorted(found) for name, found in charts(band).items()} == {
            f"{title}: loss": ["train loss", "val loss"],
            f"{title}: val acc": ["val acc"],
        }
        assert [step for step, _ in points(band, band_tags("val_acc")[0])] == [1, 2]


def test_a_report_writes_the_band_over_networks_trained_at_once(tmp_path: Path) -> None:
    """Ten at once, or six in one run and four in another."""
    for name, seed, runs in ("whole", 0, 10), ("parts/1", 0, 6), ("parts/2", 6, 4):
        run(tmp_path / name, "data.seed=0", f"seed={seed}", f"runs={runs}", toy=MANY)
    values = load([tmp_path / "whole"])["val/miss"].to_numpy()
    assert len(values) == 10
    for folder in "whole", "parts":
        Report(load([tmp_path / folder])).write(tmp_path / folder)
        (group,) = (tmp_path / folder / "tensorboard_groups").iterdir()
        mean, lower, upper = (points(board(group), tag)[-1][1] for tag in band_tags("val/miss"))
        assert mean == pytest.approx(values.mean(), rel=1e-4)
        assert (upper - lower) / 2 == pytest.approx(values.std(ddof=1), rel=1e-4)


def test_a_command_that_is_said_is_quoted_for_the_shell() -> None:
    assert command([TOY[0], "model=toy"]).startswith("python -m src.train 'hydra.searchpath=[file:")
