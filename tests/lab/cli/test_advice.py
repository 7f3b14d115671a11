"""What the command takes from its flags for a run that goes on, and what it says when a run is stopped."""

import signal
from pathlib import Path

import pytest

from src.lab.cli.arguments import reduced
from src.lab.cli.shown import advice, door, named
from src.lab.config import compose
from src.lab.resume.given import searched
from src.lab.stop import Stopped
from tests.conftest import Command, results_in
from tests.lab.toy import TOY


def test_the_folder_of_a_configuration_stands_for_its_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "more", "c,d":
        (tmp_path / name).mkdir()
    assert reduced([], ["seed=1"], "resume=") == ([], ["seed=1"])
    for flags, places in (["-cd", "more"], ["more"]), (["--config-dir=more", "-cd", "c,d"], ["more", "c,d"]):
        left, (first, found) = reduced(flags, ["seed=1"], "resume=")
        assert (left, first) == ([], "seed=1")
        assert searched([found]) == [f"file://{tmp_path / place}" for place in places]
    with pytest.raises(NotADirectoryError, match="there is no folder other"):
        reduced(["-cd", "other"], [], "resume=")


@pytest.mark.parametrize("flag", ["-m", "--multirun", "--cfg", "--config-name", "--info"])
def test_flags_that_do_not_go_with_a_resume_are_named(flag: str) -> None:
    with pytest.raises(ValueError, match=rf"resume=.*leave out -m|^{flag} doesn't go with resume="):
        reduced([flag, "job"], [], "resume=")


def test_a_stopped_run_is_told_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cfg = compose(*TOY)
    for place, said in ("somewhere/run", "resume=somewhere/run"), ("a, b", "'resume=a, b'"):
        cfg.job.folder = str(tmp_path / place)
        with pytest.raises(Stopped) as stopped, advice(cfg):
            raise Stopped(signal.SIGTERM)
        assert stopped.value.__notes__ == [f"no epoch was over; begin again: {door('train')} {said}"]
    with pytest.raises(KeyError) as other, advice(cfg):
        raise KeyError
    assert not hasattr(other.value, "__notes__")


def test_a_folder_is_named_as_it_may_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert named(tmp_path / "a" / "run") == "a/run"
    assert named(tmp_path.parent) == ".."
    assert named(tmp_path) == str(tmp_path)


@pytest.mark.long
def test_runs_may_be_made_inside_their_folders(here: Command, tmp_path: Path) -> None:
    chdir = [*TOY, "hydra.job.chdir=true"]
    done = here("src.train", *chdir, "hydra.run.dir=one/run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith(f" · {tmp_path / 'one' / 'run'}")
    done = here("src.train", *chdir, "-m", "seed=0,1", "hydra.sweep.dir=one/s", "hydra.launcher.workers=1")
    assert done.returncode == 0, done.stderr
    done = here("src.train", "resume=one/run", "epochs=3")
    assert done.returncode == 0, done.stderr
    assert [(result["status"], result["epochs"]) for result in results_in(tmp_path) if result["epochs"] == 3] == [
        ("completed", 3)
    ]
    assert {path.name for path in (tmp_path / "one").iterdir()} == {"run", "s"}
    assert (tmp_path / "one" / "s" / "summary.md").is_file()
    assert len(results_in(tmp_path)) == 4, "three runs, and what one of them had come to before"


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("name", ["a b", "a=b", "a,b", "a[1]", "it's", "x:y", "ünï", "50%", "(new)"])
def test_a_run_may_lie_in_a_folder_of_any_name(name: str, here: Command, tmp_path: Path) -> None:
    quoted = f'"{name}"'
    done = here(
        "src.train", *TOY, "hydra/launcher=basic", "callbacks=best", "-m", "seed=0", f"hydra.sweep.dir={quoted}"
    )
    assert done.returncode == 0, done.stderr
    (run,) = (tmp_path / name).glob("toy_seed0_*")
    place = run.relative_to(tmp_path)
    assert (run / "checkpoints" / "best.ckpt").is_file()
    for command in ["src.train", f"resume={place}", "epochs=3"], ["src.evaluate", str(place)], ["src.report", name]:
        done = here(*command)
        assert (done.returncode, done.stderr) == (0, ""), command
