"""Lightning's options and callbacks that change the training: they do what they say, and a run goes on under them."""

import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from src.lab.config import compose
from src.lab.evaluate import evaluate
from src.lab.stop import Stopped
from src.lab.train import run as train

from .running import TOLD, checkpoint, rows, run, same_end, weights

SWA = "callbacks=swa"
EACH = [
    ["+trainer.gradient_clip_val=0.01"],
    ["+trainer.accumulate_grad_batches=3"],
    ["+trainer.precision=bf16-mixed"],
    ["+trainer.precision=bf16-true"],
    ["+trainer.precision=64-true"],
    [SWA, "callbacks.swa.swa_epoch_start=4"],
]
DRAWS = ["model.dropout=0.5", "epochs=6", "checkpoint.every=2", "data.batch_size=10"]


class Kept(Callback):
    """Keeps the weights that each epoch begins with."""

    def __init__(self) -> None:
        self.weights: list[dict[str, Any]] = []

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.weights.append({name: value.clone() for name, value in pl_module.state_dict().items()})


@pytest.mark.parametrize("options", EACH, ids=lambda options: options[0].partition("=")[0] + options[0][-6:])
@pytest.mark.parametrize("epoch", [1, 4])
def test_a_stopped_run_goes_on_to_the_same_end(options: list[str], epoch: int, tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", *DRAWS, *options)
    with pytest.raises(Stopped):
        run(tmp_path / "part", *DRAWS, *options, TOLD % (epoch, signal.SIGTERM, 1))
    assert checkpoint(tmp_path / "part")["epoch"] == epoch + 1
    train(compose(f"resume={tmp_path / 'part'}", "~callbacks.told"))
    assert same_end(tmp_path / "part", tmp_path / "whole")
    assert evaluate(tmp_path / "whole").items() <= whole["metrics"].items()
    run(tmp_path / "plain", *DRAWS)
    assert not same_end(tmp_path / "plain", tmp_path / "whole"), "the option does something"


def test_swa_tests_the_mean_of_the_weights_that_the_last_epochs_begin_with(tmp_path: Path) -> None:
    kept = Kept()
    result = run(tmp_path, "epochs=10", SWA, callbacks=[kept])
    for name, value in weights(tmp_path).items():
        mean = torch.stack([each[name] for each in kept.weights[7:]]).mean(0)  # Lightning begins at 0.8 · 10 - 1
        torch.testing.assert_close(value, mean, rtol=1e-5, atol=1e-6)
    assert (len(kept.weights), len(rows(tmp_path)), result["epochs"]) == (10, 10, 10)
    assert result["group"]["callbacks"] == "swa", "a report doesn't pool it with others"
