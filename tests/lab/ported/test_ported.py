"""Five experiments in the structure of public ones, with everything there is for an experiment tried on each.

`stocks` and `words` are a regression on a table and an LSTM as many repositories have them. `gan` follows the
structure of the example `generative_adversarial_net.py` of Lightning-AI/pytorch-lightning, `vae` that of `basic_vae` of
Lightning-Universe/lightning-bolts, `alarm` that of `mnist_module.py` of ashleve/lightning-hydra-template.
"""

import math
from multiprocessing import get_start_method
from pathlib import Path

import pytest
from hydra.errors import InstantiationException
from pytorch_lightning import LightningModule

from src.lab.cli.errors import explain
from src.lab.module import build_model
from src.lab.schema import Config
from tests.conftest import Command

from .case import Case, checkpoint, column, process
from .doors import Doors
from .gan import GAN
from .matrix import Matrix
from .stocks import Regressor
from .vae import VAE

# fmt: off
STOCKS = Case(
    "regressor", ("model.hidden", "16", "32"), "test/rmse", "lower", "rmse (USD)", "val/rmse", "min",
    other="test/r2", other_better="higher", curves=("train/r2", "val/rmse"),
    kept={"hidden", "lr", "weight_decay"}, own_optimizer=True,
)
BITS = Case(
    "lstm", ("model.hidden", "8", "16"), "test/error", "lower", "error (%)", "val/error", "min",
    other="test/loss", other_better=None, curves=("train/loss", "val/error"), kept=None,
)
RING = Case(
    "gan", ("model.latent_dim", "2", "4"), "test_distance", "lower", "test distance", "val_distance", "min",
    other="test_spread", other_better=None, curves=("val_distance",),
    kept={"latent_dim", "hidden", "lr", "b1", "b2"}, space=("model.lr=tag(log,interval(0.0005,0.01))",),
    own_optimizer=True,
)
CURVE = Case(
    "vae", ("model.latent_dim", "2", "3"), "val_loss", "lower", "val loss (nats)", "val_recon_loss", "min",
    other="val_kl", other_better="lower", curves=("train_loss_epoch", "val_recon_loss_epoch"),
    kept={"input_dim", "enc_out_dim", "latent_dim", "kl_coeff", "lr"}, space=("model.lr=interval(0.001,0.02)",),
    own_optimizer=True, tested=False,
)
ALARM = Case(
    "alarm", ("model.net.width", "8", "16"), "test/f1/dataloader_idx_0", "higher", "f1 dataloader idx 0",
    "val/f1", "max", other="test/f1/dataloader_idx_1", other_better="higher",
    curves=("train/loss", "val/f1", "val/precision"), kept={"compile"},
)
# fmt: on


KEEPS_ITS_NET = pytest.mark.filterwarnings("ignore:Attribute 'net' is an instance")  # as the template's class does


@pytest.fixture(scope="class", params=[STOCKS, BITS, RING, CURVE, ALARM], ids=lambda case: case.model)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.mark.long(keep=1)
@KEEPS_ITS_NET
class TestPorted(Matrix):
    pass


@pytest.mark.long(keep=1)
@KEEPS_ITS_NET
class TestPortedThroughTheCommands(Doors):
    pass


@pytest.mark.parametrize("ported", [(STOCKS, Regressor), (RING, GAN), (CURVE, VAE)], ids=lambda pair: pair[0].model)
def test_a_class_loads_its_own_checkpoint(ported: tuple[Case, type[LightningModule]], tmp_path: Path) -> None:
    case, kind = ported
    case.run(tmp_path, "epochs=1", f"{case.swept[0]}=3")
    loaded = kind.load_from_checkpoint(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)
    assert loaded.hparams[case.swept[0].removeprefix("model.")] == 3


@KEEPS_ITS_NET
def test_a_watched_schedule_lowers_the_rate_and_a_figure_may_be_nan(tmp_path: Path) -> None:
    result = ALARM.run(tmp_path, "epochs=12", "callbacks=early_stopping", "monitor=val/precision")
    precision, loss = column(tmp_path, "val/precision"), column(tmp_path, "val/loss")
    assert math.isnan(precision[0]) and not math.isnan(precision[-1])
    assert checkpoint(tmp_path, "best")["epoch"] == precision.index(max(precision[1:]))
    best, rate = loss[0], 0.02
    for value in loss[1:]:
        best, rate = (value, rate) if value < 0.8 * best else (best, rate / 2)
    (optimizer,) = checkpoint(tmp_path)["optimizer_states"]
    assert optimizer["param_groups"][0]["lr"] == rate < 0.02
    assert result["epochs"] == 12


def test_an_optimizer_of_ones_own_has_no_learning_rate_to_set(here: Command) -> None:
    done = here("src.train", *STOCKS.arguments, "optimizer.lr=123")
    assert (done.returncode, done.stderr) == (
        1,
        "error: there is no option optimizer.lr with the optimizer chosen here\n",
    )


@pytest.mark.long
def test_loaders_start_their_workers_in_a_sweep_as_they_do_alone(tmp_path: Path) -> None:
    told = f"+callbacks.told={{_target_: tests.lab.ported.case.TellsStartMethod, file: {tmp_path / 'told.txt'}}}"
    done = process(tmp_path, "src.train", *BITS.arguments, told, "epochs=1", "-m", "seed=0")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "told.txt").read_text() == get_start_method()


def test_a_module_of_lightning_by_its_other_name_is_said_in_a_line(tmp_path: Path) -> None:
    cfg = STOCKS.configuration(tmp_path)
    cfg.model = {"_target_": "tests.lab.ported.foreign.Foreign"}
    with pytest.raises((InstantiationException, TypeError)) as said:  # it is not installed, or it is
        build_model(cfg, Config.model_construct())
    line = explain(said.value)
    assert "`lightning`" in line and "`pytorch_lightning`" in line and "\n" not in line
