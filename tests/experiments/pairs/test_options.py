"""Lightning's own options, as `+trainer.…`, against the same training written out by hand."""

import signal
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from src.experiments.pairs import mnist
from src.experiments.pairs.data import draw_pairs
from src.lab.config import compose
from src.lab.seeding import epoch_order
from src.lab.stop import Stopped
from src.lab.train import run
from tests.lab.running import TOLD, same_end, weights

from .tiny import TINY

BASIC = [*TINY, "model=basic", "optimizer=sgd", "trainer=cpu", "seed=5", "data.train_pairs=60", "logger=none"]
CLIPPED = "+trainer.gradient_clip_val=%s"
ACCUMULATED = "+trainer.accumulate_grad_batches=2"
BY_VALUE = "+trainer.gradient_clip_algorithm=value"
BF16 = "+trainer.precision=bf16-mixed"


def by_hand(clip: Any = None, accumulate: int = 1, context: Any = nullcontext) -> tuple[nn.Module, float]:
    """The network after two epochs of three batches, and the mean loss of the second."""
    torch.manual_seed(5)
    network = instantiate(compose(*BASIC).model.network).to(memory_format=torch.channels_last)
    update = torch.optim.SGD(network.parameters(), lr=0.1)
    pairs = draw_pairs(mnist.mnist20k(), 5, 60, 20, 20).train
    losses: list[Tensor] = []
    for epoch in range(2):
        for step, indices in enumerate(epoch_order(60, 5, epoch).split(20)):
            with context():
                loss = functional.cross_entropy(network(pairs.images[indices]).pair, pairs.target[indices])
            (loss / accumulate).backward()
            losses.append(loss.detach())
            if (step + 1) % accumulate == 0 or step == 2:  # what is left at an epoch's end is a step too
                if clip:
                    clip(network.parameters())
                update.step()
                update.zero_grad()
    return network, float(torch.stack(losses[3:]).mean())


@pytest.mark.parametrize(
    ("options", "hand"),
    [
        ([CLIPPED % 0.05], {"clip": lambda weights: clip_grad_norm_(weights, 0.05)}),
        ([CLIPPED % 0.001, BY_VALUE], {"clip": lambda weights: clip_grad_value_(weights, 0.001)}),
        ([ACCUMULATED], {"accumulate": 2}),
        ([CLIPPED % 0.05, ACCUMULATED], {"accumulate": 2, "clip": lambda weights: clip_grad_norm_(weights, 0.05)}),
        ([BF16], {"context": lambda: torch.autocast("cpu", torch.bfloat16)}),
    ],
    ids=["clipped", "by value", "accumulated", "both", "bf16"],
)
def test_an_option_trains_as_the_loop_by_hand(options: list[str], hand: dict[str, Any], tmp_path: Path) -> None:
    cfg = compose(*BASIC, *options)
    cfg.job.folder = str(tmp_path)
    measured = run(cfg)["metrics"]
    network, loss = by_hand(**hand)
    plain, _ = by_hand()
    trained = {name.removeprefix("network."): value for name, value in weights(tmp_path).items()}
    assert trained.keys() == dict(network.named_parameters()).keys()
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(trained[name], parameter.detach(), rtol=1e-4, atol=1e-6)
    assert measured["train/loss"] == pytest.approx(loss, rel=1e-5)
    moved = max(float((trained[name] - value.detach()).abs().max()) for name, value in plain.named_parameters())
    assert moved > 1e-4, "the option does something"


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("bf16-mixed", torch.float32), ("bf16-true", torch.bfloat16), ("64-true", torch.float64)],
)
def test_a_network_has_the_precision_that_is_asked_for(precision: str, dtype: torch.dtype, tmp_path: Path) -> None:
    cfg = compose(*TINY, "model=ws_aux_bn_dropout", "trainer=cpu", f"+trainer.precision={precision}")
    cfg.job.folder = str(tmp_path)
    result = run(cfg)
    found = {value.dtype for name, value in weights(tmp_path).items() if "num_batches" not in name}
    assert (result["status"], found) == ("completed", {dtype})
    assert result["group"]["trainer.precision"] == precision


@pytest.mark.long
@pytest.mark.parametrize("epoch", [1, 4, 5], ids=["before", "last", "statistics"])
def test_averaged_weights_have_an_epoch_more_for_batch_normalisation(epoch: int, tmp_path: Path) -> None:
    swa = [*TINY, "model=ws_aux_bn_dropout", "callbacks=swa", "epochs=5", "trainer=cpu"]

    def trained(folder: Path, *options: str) -> dict[str, Any]:
        cfg = compose(*swa, *options)
        cfg.job.folder = str(folder)
        return run(cfg)

    whole = trained(tmp_path / "whole")
    assert whole["epochs"] == 6
    with pytest.raises(Stopped, match=f"after epoch {epoch + 1} of"):
        trained(tmp_path / "part", TOLD % (epoch, signal.SIGTERM, 1))
    again = run(compose(f"resume={tmp_path / 'part'}", "~callbacks.told"))
    assert same_end(tmp_path / "part", tmp_path / "whole")
    assert again["metrics"] == whole["metrics"]
