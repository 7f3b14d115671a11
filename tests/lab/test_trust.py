"""What comes from elsewhere is data: code that it brings or names does not run unless it is let in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import DictConfig, OmegaConf

from src.lab import trust
from src.lab.config import compose
from src.lab.places import ROOT
from tests.conftest import Command

from .running import run
from .toy import TOY

EVIL = "{_target_: os.system, command: 'touch ran'}"


def the_line(done: Any) -> str:
    assert done.returncode == 1, done.stdout
    assert done.stderr.count("\n") == 1, done.stderr
    return str(done.stderr)


@pytest.mark.parametrize(
    ("override", "root"),
    [
        (f"+callbacks.x={EVIL}", "os"),
        ("+callbacks.x={_target_: subprocess.Popen, args: [touch, ran]}", "subprocess"),
        ("+model.extra={deep: [{deeper: {_target_: builtins.eval, _partial_: true, _args_: ['1']}}]}", "builtins"),
        ("+trainer.plugins=[{_target_: shutil.rmtree, path: '${path:figures}'}]", "shutil"),
        ("optimizer._target_=posix.system", "posix"),
        ("++optimizer._target_=${oc.decode:os}.system", "os"),
        ("data._target_=numpy.load", "numpy"),
        ("schema=pickle.loads", "pickle"),
        ("views=pickle.loads", "pickle"),
        ("+callbacks.x={_target_: torch.hub.load, repo_or_dir: a, model: b}", "torch.hub.load"),
        ("+callbacks.x={_target_: torch.load, f: a, weights_only: false}", "torch.load"),
    ],
)
def test_code_that_nobody_let_in_is_refused(override: str, root: str) -> None:
    with pytest.raises(
        ValueError, match=rf"is not in this project nor among its packages: trust=\[{root}\] lets it in$"
    ):
        compose(*TOY, override)


@pytest.mark.parametrize("named", ["torch.os.system", "src.lab.records.folder.os.system", "torch.builtins.eval"])
def test_nor_is_it_by_way_of_what_is_let_in(named: str, here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY, f"+callbacks.x={{_target_: {named}, _args_: ['touch ran']}}")
    assert f"={named}, which is " in the_line(done)
    assert not (tmp_path / "ran").exists()


def test_it_runs_where_it_is_let_in(here: Command, tmp_path: Path) -> None:
    """For all that it is no callback."""
    makes = "+callbacks.x={_target_: sqlite3.connect, database: ran}"
    assert "trust=[sqlite3] lets it in" in the_line(here("src.train", *TOY, makes))
    assert not (tmp_path / "ran").exists()
    here("src.train", *TOY, makes, "trust=[sqlite3]")
    assert (tmp_path / "ran").exists()


def test_a_file_from_elsewhere_lets_nothing_in(here: Command, tmp_path: Path) -> None:
    (tmp_path / "theirs" / "experiment").mkdir(parents=True)
    theirs = f"# @package _global_\ntrust: [os]\ncallbacks:\n  x: {EVIL}\n"
    (tmp_path / "theirs" / "experiment" / "nice.yaml").write_text(theirs)
    for sweep in [], ["-m", "seed=0,1", "hydra.launcher.workers=1"]:
        done = here("src.train", *TOY, "--config-dir", "theirs", "experiment=nice", *sweep)
        assert "callbacks.x._target_=os.system is not in this project" in the_line(done)
    assert not (tmp_path / "ran").exists()


def test_what_is_at_hand_needs_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_package").mkdir()
    (tmp_path / "my_package" / "module.py").write_text("class Mine: ...")
    monkeypatch.syspath_prepend(tmp_path)
    named = "+callbacks.x={_target_: my_package.module.Mine}"
    monkeypatch.chdir(ROOT)
    with pytest.raises(ValueError, match=r"trust=\[my_package\] lets it in"):
        compose(*TOY, named)
    assert compose(*TOY, named, "trust=[my_package]")
    monkeypatch.chdir(tmp_path)
    trust.check(compose(*TOY, named), imported=True)


def test_a_folder_that_holds_the_environment_does_not_let_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in "/", os.path.commonpath([pytest.__file__, ROOT]):
        monkeypatch.chdir(place)
        for installed in "pytest.main", "os.system", "yaml.load":
            with pytest.raises(ValueError, match="is not in this project"):
                compose(*TOY, f"+callbacks.x={{_target_: {installed}}}")


def test_everything_that_conf_can_make_is_let_in() -> None:
    """Of what the project itself brings, with nothing said."""
    for named in trust._named_by_conf():
        trust.check(OmegaConf.create({"x": {"_target_": named}, "job": {"overrides": []}}), imported=True)
    for named in "torch.relu", "torch.nn.functional.gelu", "torch.Tensor.add", "torch.optim.lr_scheduler.StepLR":
        cfg: DictConfig = OmegaConf.create({"x": [{"_target_": named}], "job": {"overrides": []}})
        trust.check(cfg, imported=True)


class Payload:
    """A pickle that makes a file where it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.file),)


def test_a_checkpoint_is_read_as_data(here: Command, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    run(folder)
    cfg = compose(*TOY, "epochs=3")
    OmegaConf.save(cfg, folder / ".hydra" / "config.yaml")
    last = folder / "checkpoints" / "last.ckpt"
    saved = torch.load(last, weights_only=True)
    torch.save(saved | {"hyper_parameters": {"x": Payload(tmp_path / "ran")}}, last)
    for command in ["src.train", *TOY, f"resume={folder}", "epochs=3"], ["src.evaluate", str(folder)]:
        assert "the checkpoint holds code (posix.mkdir) beside its data, and is not loaded" in the_line(here(*command))
        assert not (tmp_path / "ran").exists()
    torch.load(last, weights_only=False)
    assert (tmp_path / "ran").exists(), "it is one that would have run"


def test_a_recorded_configuration_is_data_and_lets_nothing_in(here: Command, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    run(folder)
    plain = OmegaConf.to_container(compose(*TOY))
    recorded = folder / ".hydra" / "config.yaml"
    for planted in {"trust": ["os"]}, {"trust": ["os"], "job": {"overrides": ["trust=[os]"]}}:
        theirs = OmegaConf.merge(plain, {"optimizer": OmegaConf.create(EVIL)}, planted)
        OmegaConf.save(theirs, recorded)
        assert "optimizer._target_=os.system is not in this project" in the_line(here("src.evaluate", str(folder)))
    recorded.write_text("objective: !!python/object/apply:os.system ['touch ran']\n")
    the_line(here("src.evaluate", str(folder)))
    assert not (tmp_path / "ran").exists()
