"""Places that can't be written: what only reads is content with them, what would write says where, and what to do."""

import errno
import os
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.lab.failing import failing
from tests.lab.running import BREAKS, run
from tests.lab.toy import TOY

SWEEP = [*TOY, "-m", "seed=0,1", "hydra.launcher.workers=1"]
ELSEWHERE = "choose another folder: hydra.run.dir=…, hydra.sweep.dir=…, --study or --out"


@pytest.mark.long(keep=6)
@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC], ids=errno.errorcode.get)
@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("outputs", ["src.train", *TOY]),
        ("outputs", ["src.train", *SWEEP]),
        ("outputs", ["src.tune", *TOY]),
        ("run", ["src.train", *TOY, "hydra.run.dir=run"]),
        ("sweep", ["src.train", *SWEEP, "hydra.sweep.dir=sweep"]),
        ("study", ["src.tune", *TOY, "--study", "study"]),
        ("out", ["src.report", "broken", "--out", "out"]),
        ("broken", ["src.train", "resume=broken"]),
    ],
    ids=lambda value: " ".join(each for each in value if each not in TOY) if isinstance(value, list) else "",
)
def test_what_would_write_says_where(place: str, line: list[str], number: int, here: Command, tmp_path: Path) -> None:
    if "broken" in line or "resume=broken" in line:
        with pytest.raises(RuntimeError, match="broken"):
            run(tmp_path / "broken", "checkpoint.every=1", BREAKS % 1)
    with failing(tmp_path / place, 1, number):
        done = here(*line)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    said = done.stderr.strip()
    start, _, end = said.partition(f" can't be written ({os.strerror(number)}): ")
    assert Path(start.removeprefix("error: ")).is_relative_to(Path(place)) or str(tmp_path / place) in start, said
    assert end in (ELSEWHERE, f"make room, or {ELSEWHERE}"), said
    assert ("make room" in end) == (number == errno.ENOSPC)


@pytest.mark.parametrize(
    "line",
    [
        ["src.report", "run"],
        ["src.evaluate", "run"],
        ["src.train", "resume=run"],
        ["src.train", "resume=run", "epochs=3", "--dry-run"],
        ["src.train", *TOY, "hydra.run.dir=run", "seed=3", "--dry-run"],
        ["src.train", *SWEEP, "hydra.sweep.dir=run", "--dry-run"],
    ],
    ids=lambda line: " ".join(each for each in line if each not in TOY),
)
def test_what_only_reads_writes_nothing(line: list[str], here: Command, tmp_path: Path) -> None:
    run(tmp_path / "run")
    with failing(tmp_path, 1, errno.EROFS) as it:
        done = here(*line)
    assert (done.returncode, it.count) == (0, 0), done.stderr
