"""The checkpoint of a run: plain data, saved between two epochs, which goes on with whatever a class keeps."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from src.lab.checkpoint import LastCheckpoint
from src.lab.config import compose
from src.lab.records.folder import RunFolder

from .running import BREAKS, MENDED, checkpoint, run, same_end, weights
from .toy import TOY
from .toy.data import ToyData
from .toy.module import Toy


class Keeping(Toy):
    """Keeps its arguments as hyper-parameters, one of them a `functools.partial`."""

    def __init__(self, optimizer: Any, schedule: Any, hidden: int, dropout: float, widths: list[int]) -> None:
        super().__init__(optimizer, schedule, hidden, dropout)
        self.save_hyperparameters()


class KeepingData(ToyData):
    """Keeps its arguments as hyper-parameters, one of them a list, one a dictionary."""

    def __init__(self, seed: int, batch_size: int, items: int, sizes: list[int], named: dict[str, Any]) -> None:
        super().__init__(seed, batch_size, items)
        self.save_hyperparameters()


class Seen(Callback):
    """Keeps the module that was trained."""

    module: LightningModule

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.module = pl_module


KEEPING = [
    f"model._target_={__name__}.Keeping",
    "+model.widths=[3,4]",
    f"data._target_={__name__}.KeepingData",
    "+data.sizes=[1,2]",
    "+data.named={a: [1], b: null}",
]


def test_a_checkpoint_is_loaded_without_running_code_whatever_a_class_keeps(tmp_path: Path) -> None:
    run(tmp_path, *KEEPING)
    saved = checkpoint(tmp_path)  # with weights_only=True
    assert saved["hyper_parameters"] == {"schedule": None, "hidden": 8, "dropout": 0.0, "widths": [3, 4]}
    expected = {"seed": 0, "batch_size": 10, "items": 40, "sizes": [1, 2], "named": {"a": [1], "b": None}}
    assert saved["datamodule_hyper_parameters"] == expected
    assert type(saved["datamodule_hyper_parameters"]["sizes"]) is list


def test_lightning_makes_the_module_again_from_its_checkpoint(tmp_path: Path) -> None:
    run(tmp_path, *KEEPING)
    again = Keeping.load_from_checkpoint(tmp_path / "checkpoints" / "last.ckpt", optimizer=torch.optim.SGD)
    trained = weights(tmp_path)
    assert all(torch.equal(value, trained[name]) for name, value in again.state_dict().items())


def test_the_hyper_parameters_of_a_module_are_its_own(tmp_path: Path) -> None:
    seen = Seen()
    run(tmp_path, *KEEPING, callbacks=[seen])
    assert set(seen.module.hparams) == {"optimizer", "schedule", "hidden", "dropout", "widths"}
    optimizer = seen.module.hparams["optimizer"]
    assert isinstance(optimizer, partial) and optimizer.func is torch.optim.SGD
    run(tmp_path / "without", callbacks=[seen])
    assert dict(seen.module.hparams) == {}
    assert "hyper_parameters" not in checkpoint(tmp_path / "without")


def test_a_run_whose_classes_keep_something_is_resumed(tmp_path: Path) -> None:
    run(tmp_path / "whole", *KEEPING, "epochs=4")
    run(tmp_path / "part", *KEEPING, "epochs=2")
    run(tmp_path / "part", *KEEPING, "epochs=4", f"resume={tmp_path / 'part'}")
    assert same_end(tmp_path / "part", tmp_path / "whole")


class Saves(Callback):
    """Keeps how many epochs were done whenever the last checkpoint became another."""

    def __init__(self, path: Path) -> None:
        self.path, self.stamp, self.epochs = path, 0, list[int]()

    def look(self, epochs: int) -> None:
        if self.path.exists() and (stamp := self.path.stat().st_mtime_ns) != self.stamp:
            self.stamp = stamp
            self.epochs.append(epochs)

    def on_train_batch_start(self, trainer: Trainer, *args: Any) -> None:
        self.look(trainer.current_epoch)

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.look(trainer.current_epoch)


@pytest.mark.parametrize(("every", "saved"), [(1, [1, 2, 3, 4, 5]), (2, [2, 4, 5]), (5, [5]), (9, [5])])
def test_it_is_saved_every_so_many_epochs_and_at_the_end(every: int, saved: list[int], tmp_path: Path) -> None:
    saves = Saves(tmp_path / "checkpoints" / "last.ckpt")
    run(tmp_path, "epochs=5", f"checkpoint.every={every}", callbacks=[saves])
    assert saves.epochs == saved


def test_a_run_that_has_ended_is_resumed_without_being_trained(tmp_path: Path) -> None:
    first = run(tmp_path, "epochs=3")
    before, table = weights(tmp_path), (tmp_path / "metrics.csv").read_text()
    again = run(tmp_path, "epochs=3", f"resume={tmp_path}")
    assert again["metrics"] == first["metrics"]
    assert (again["epochs"], (tmp_path / "metrics.csv").read_text()) == (3, table)
    assert all(torch.equal(value, before[name]) for name, value in weights(tmp_path).items())


def test_the_last_checkpoint_is_kept_by_lightnings_own_name_for_such_callbacks() -> None:
    """Else Lightning would add a ModelCheckpoint that saves each epoch."""
    callbacks = [LastCheckpoint(RunFolder("run"), compose(*TOY))]
    trainer = Trainer(callbacks=list(callbacks), accelerator="cpu", logger=False, enable_progress_bar=False)
    assert trainer.checkpoint_callbacks == callbacks


def test_the_checkpoint_before_the_last_is_kept_until_the_last_epoch(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path, "epochs=6", "checkpoint.every=2", BREAKS % 5)
    assert [checkpoint(tmp_path, which)["epoch"] for which in ("previous", "last")] == [2, 4]
    run(tmp_path, f"resume={tmp_path}", MENDED)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["last.ckpt"]


class Places(Callback):
    """Keeps paths of its own in the checkpoint, in and beside the folder of the run."""

    state_key = "places"

    def __init__(self, folder: Path) -> None:
        inside, beside = str(folder / "mine" / "x.bin"), f"{folder}_beside/x.bin"
        self.state: dict[str, Any] = {"inside": [inside, (inside, 3)], inside: str(folder), "beside": beside}

    def state_dict(self) -> dict[str, Any]:
        return self.state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.state = state_dict


@pytest.mark.parametrize("linked", [False, True], ids=["named", "linked"])
def test_what_callbacks_keep_of_the_folder_follows_it(linked: bool, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    old = tmp_path / "link" if linked else tmp_path / "disk"
    if linked:
        old.symlink_to("disk")
    run(old / "run", callbacks=[Places(old / "run")])
    new = (tmp_path / "disk" / "run").rename(tmp_path / "moved")
    places = Places(tmp_path)
    run(new, f"resume={new}", "epochs=3", callbacks=[places])
    inside = str(new / "mine" / "x.bin")
    beside = f"{old / 'run'}_beside/x.bin"
    assert places.state == {"inside": [inside, (inside, 3)], inside: str(new), "beside": beside}
