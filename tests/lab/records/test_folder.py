"""A run's folder: what it holds, and that two runs never share it."""

import errno
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.records import results
from src.lab.records.folder import RunFolder, freed, locked, state
from src.lab.train import run
from tests.conftest import ROOT, Command
from tests.lab.toy import TOY


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The folder of a run, made as the command makes it."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    command = [sys.executable, "-m", "src.train", *TOY, f"hydra.run.dir={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=200)
    return RunFolder(folder)


@pytest.mark.long
def test_everything_of_a_run_lies_where_its_folder_says(trained: RunFolder) -> None:
    for file in "result", "metrics", "last", "configuration", "hydra":
        assert trained.needed(file).parent.is_relative_to(trained.path)
    assert sorted({path.name for path in trained.path.iterdir()} - {"source.patch"}) == [
        ".hydra", ".lock", "checkpoints", "environment.json", "metrics.csv", "result.json", "tensorboard", "train.log",
    ]  # fmt: skip
    with pytest.raises(FileNotFoundError, match=r"there is no .*best\.ckpt: is .* the folder of a run\?"):
        trained.needed("best")


def test_the_configuration_that_a_run_was_made_with_is_kept(trained: RunFolder, tmp_path: Path) -> None:
    recorded = trained.recorded()
    assert recorded.model.hidden == 8
    assert OmegaConf.is_interpolation(recorded.data, "seed"), "what follows another key still does"
    with pytest.raises(FileNotFoundError, match=r"is .* the folder of a run"):
        RunFolder(tmp_path).recorded()


def test_a_folder_says_what_it_holds_of_a_run(trained: RunFolder, tmp_path: Path) -> None:
    cfg = compose(*TOY)
    assert state(RunFolder(tmp_path), cfg) == "new"
    trained = RunFolder(shutil.copytree(trained.path, tmp_path / "run"))
    assert state(trained, cfg) == "completed"
    for other in "seed=1", "model.hidden=9":
        with pytest.raises(ValueError, match="holds the run of another configuration: choose another folder"):
            state(trained, compose(*TOY, other))
    results.write(results.read(trained.result) | {"status": "failed"}, trained.path)
    assert state(trained, cfg) == "failed"
    trained.result.unlink()
    assert state(trained, cfg) == "interrupted", "of what was killed only a checkpoint is left"
    with pytest.raises(ValueError, match="another configuration"):
        state(trained, compose(*TOY, "seed=1"))


def test_a_folder_that_holds_a_run_is_not_written_over(command: Command, trained: RunFolder) -> None:
    before = trained.result.read_text()
    again = command("src.train", *TOY, "seed=1", f"hydra.run.dir={trained.path}")
    place = trained.path
    assert again.returncode == 1
    assert again.stderr == (
        f"error: {place} holds a run already: resume={place} goes on with it, or choose another folder\n"
    )
    assert trained.result.read_text() == before


def test_a_folder_is_for_one_process_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        cfg = compose(*TOY)
        cfg.job.folder = str(tmp_path)
        waits = f"from pathlib import Path; from src.lab.records.folder import locked; locked(Path({str(tmp_path)!r}))"
        other = subprocess.run(
            [sys.executable, "-c", waits + ".__enter__()"], cwd=ROOT, capture_output=True, text=True, timeout=100
        )
        assert f"RuntimeError: another process is at work in {tmp_path}" in other.stderr
    assert run(cfg)["status"] == "completed", "it is free when that one has ended"


def test_the_other_processes_of_a_run_need_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_RANK", "1")
    with locked(tmp_path / "none"), locked(tmp_path / "none"):
        pass
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("answer", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def test_a_folder_is_kept_free_where_the_file_system_has_no_locks(
    answer: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def flock(*_: object) -> None:
        raise OSError(answer, "as Lustre says it")

    def other() -> None:
        with locked(tmp_path):
            pytest.fail("two are at work")

    monkeypatch.setattr(fcntl, "flock", flock)
    for _ in range(2):
        with locked(tmp_path):
            assert "on a file system without locks" in caplog.text
            with pytest.raises(RuntimeError, match=r"another process is at work in .*, delete .*/\.lock_of$"):
                other()
    assert not (tmp_path / ".lock_of").exists()


def test_a_lock_that_a_killed_process_left_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no locks but files."""
    code = (
        "import errno, fcntl, os, sys; from pathlib import Path; from src.lab.records.folder import locked\n"
        "def flock(*_): raise OSError(errno.ENOSYS, '')\n"
        "fcntl.flock = flock; held = locked(Path(sys.argv[1])); held.__enter__(); os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, timeout=100)
    assert killed.returncode == 9
    assert (tmp_path / ".lock_of").exists()

    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, "")

    monkeypatch.setattr(fcntl, "flock", flock)
    with locked(tmp_path, seconds=10):
        pass


def test_the_lock_of_a_machine_that_is_lost_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, "")

    monkeypatch.setattr(fcntl, "flock", flock)
    left = tmp_path / ".lock_of"
    left.write_text("4242\nanother-machine\n")
    freed(tmp_path, 0.1, lost=False)
    assert left.exists()
    with pytest.raises(RuntimeError, match="another process is at work"), locked(tmp_path):
        pass
    freed(tmp_path, 0.1, lost=True)
    with locked(tmp_path):
        pass


def test_another_error_of_the_file_system_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(OSError, match="input/output error"), locked(tmp_path):
        pass
