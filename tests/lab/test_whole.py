"""Checkpoints that are damaged, empty or missing: a run goes on from the best that is left, and says so."""

import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from src.lab import whole
from tests.conftest import Command

from .running import BREAKS, MENDED, contents, run, same_end
from .toy import TOY

DRAWS = ["model.dropout=0.5", "checkpoint.every=1", "epochs=5"]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a whole run and one that was broken in its fourth epoch."""
    folder = tmp_path_factory.mktemp("stopped")
    run(folder / "whole", *DRAWS)
    with pytest.raises(RuntimeError, match="broken"):
        run(folder / "part", *DRAWS, BREAKS % 3)
    return folder


def copied(stopped: Path, target: Path) -> Path:
    for name, content in contents(stopped / "part").items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    return target


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": cut,
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"hello\n"),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "noise": lambda path: path.write_bytes(random.Random(0).randbytes(5000)),
    "another": lambda path: torch.save({"no": "epoch"}, path),
}


@pytest.mark.long(keep=3)
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("damaged", [["last"], ["last", "previous"]], ids=["last", "both"])
def test_a_damaged_checkpoint_is_passed_over_and_the_end_is_the_same(
    damaged: list[str], how: str, stopped: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = copied(stopped, tmp_path / "run")
    for name in damaged:
        DAMAGES[how](folder / "checkpoints" / f"{name}.ckpt")
    with caplog.at_level(logging.WARNING, "src.lab.whole"):
        start = whole.start(str(folder))
        after = run(folder, f"resume={folder}", MENDED)
    assert start.epochs == (2 if damaged == ["last"] else 0)
    said = [record.getMessage() for record in caplog.records if record.name == "src.lab.whole"]
    lines = [
        next(line for line in said if f"{name}.ckpt can't be read and is passed over (" in line) for name in damaged
    ]
    assert all("\n" not in line for line in lines)
    assert any("is trained from the start" in line for line in said) == (damaged != ["last"])
    assert after["resumed"][0]["epoch"] == start.epochs
    assert same_end(folder, stopped / "whole")


def test_a_run_without_a_checkpoint_is_trained_from_the_start(stopped: Path, tmp_path: Path) -> None:
    folder = copied(stopped, tmp_path / "run")
    for path in (folder / "checkpoints").iterdir():
        path.unlink()
    run(folder, f"resume={folder}", MENDED)
    assert same_end(folder, stopped / "whole")
    assert whole.start(None) == (None, 0)


class Code:
    """What a checkpoint of somebody else's may hold."""


def test_a_checkpoint_that_holds_code_is_refused_and_not_passed_over(
    here: Command, stopped: Path, tmp_path: Path
) -> None:
    folder = copied(stopped, tmp_path / "run")
    last = folder / "checkpoints" / "last.ckpt"
    torch.save(torch.load(last, weights_only=True) | {"more": Code()}, last)
    before = contents(folder)
    done = here("src.train", f"resume={folder}", MENDED)
    assert done.returncode == 1
    line = f"error: the checkpoint holds code ({__name__}.Code) beside its data, and is not loaded: take one that you "
    assert done.stderr == f"{line}trust\n"
    assert contents(folder) == before


def test_a_sweep_whose_result_and_checkpoint_are_damaged_is_completed(here: Command, tmp_path: Path) -> None:
    sweep = ["src.train", *TOY, "-m", "seed=0,1", "hydra.sweep.dir=s", "hydra.launcher.workers=1"]
    done = here(*sweep)
    assert done.returncode == 0, done.stderr
    before = [path.read_text() for path in sorted(tmp_path.rglob("metrics.csv"))]
    first, second = sorted((tmp_path / "s").glob("toy_*"))
    (first / "result.json").write_text("{")
    (second / "result.json").unlink()
    cut(second / "checkpoints" / "last.ckpt")
    again = here(*sweep)
    assert again.returncode == 0, again.stderr
    assert [path.read_text() for path in sorted(tmp_path.rglob("metrics.csv"))] == before
    assert '"status": "completed"' in (first / "result.json").read_text()


def test_what_is_saved_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    io, path = whole.Whole(), tmp_path / "new" / "last.ckpt"
    io.save_checkpoint({"epoch": 1}, path)
    with pytest.raises(AttributeError):
        io.save_checkpoint({"epoch": 2, "local": lambda: None}, path)  # no pickle of it
    assert torch.load(path, weights_only=True) == {"epoch": 1}
    assert [each.name for each in path.parent.iterdir()] == ["last.ckpt"]
