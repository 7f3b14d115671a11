"""Output that never stops a run: closed streams, readers that go away, terminals that can't show what is written."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from src.lab.cli.streams import lasting
from tests.conftest import ROOT, results_in
from tests.lab.records.written import write
from tests.lab.toy import TOY

WORDS = "± Δ · é 漢"


class Stream(io.TextIOWrapper):
    """Of a file descriptor, as Python opens stdout."""

    def __init__(self, number: int, encoding: str = "utf-8") -> None:
        super().__init__(io.FileIO(number, "w", closefd=False), encoding, line_buffering=True)


def through(monkeypatch: pytest.MonkeyPatch, stdout: object) -> None:
    monkeypatch.setattr(sys, "stdout", stdout)
    with lasting():
        print(WORDS)
        print(WORDS, file=sys.stderr)
        assert sys.stdout is not stdout or not hasattr(stdout, "fileno")
    assert sys.stdout is stdout


def test_a_reader_that_goes_away_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    read, written = os.pipe()
    os.close(read)
    stdout = Stream(written)
    through(monkeypatch, stdout)
    os.close(written)


def test_a_device_that_is_full_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        through(monkeypatch, full)


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", b"? ? ? ? ?\n"), ("latin-1", b"\xb1 ? \xb7 \xe9 ?\n")])
def test_what_an_encoding_has_no_characters_for_is_replaced(
    encoding: str, shown: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("wb") as file:
        through(monkeypatch, Stream(file.fileno(), encoding))
    assert (tmp_path / "out").read_bytes() == shown


def test_a_stream_without_a_file_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As notebooks have it."""
    notebook = io.StringIO()
    monkeypatch.setattr(sys, "stdout", notebook)
    with lasting():
        assert sys.stdout is notebook
        print(WORDS)
    assert notebook.getvalue() == f"{WORDS}\n"


def test_all_that_was_written_is_there_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        print("before")
        file.flush()
        with lasting():
            print("first")
            print("second", end="")
        print(", after")
    assert (tmp_path / "out").read_text() == "before\nfirst\nsecond, after\n"


def shell(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of bash in which `minilab` is the project's python."""
    env = {key: value for key, value in os.environ.items() if key not in ("HYDRA_FULL_ERROR", "PYTHONPATH")}
    env |= {"PYTHONPATH": str(ROOT), "minilab": sys.executable, "toy": " ".join(TOY)} | environment
    return subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=folder, env=env, capture_output=True, timeout=200)


@pytest.mark.long
def test_a_sweep_and_its_workers_do_without_any_stream(tmp_path: Path) -> None:
    """The files of the runs get nothing of what is printed, although their numbers were free."""
    sweep = "$minilab -m src.train $toy epochs=1 -m seed=0,1 hydra.launcher.workers=1 hydra.sweep.dir=s"
    done = shell(tmp_path, f"{sweep} <&- >&- 2>&-")
    assert done.returncode == 0
    assert [result["status"] for result in results_in(tmp_path)] == ["completed", "completed"]
    assert (tmp_path / "s" / "summary.md").is_file()
    for path in tmp_path.rglob("*.csv"):
        assert all("," in line for line in path.read_text().splitlines())


@pytest.mark.long
def test_a_run_whose_first_line_is_enough_is_completed(tmp_path: Path) -> None:
    done = shell(tmp_path, "$minilab -m src.train $toy hydra.run.dir=r | head -1", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"toy \xb7 seed=0 ") and done.stdout.count(b"\n") == 1
    assert [result["status"] for result in results_in(tmp_path)] == ["completed"]


def test_a_report_is_printed_in_any_encoding_and_written_in_one(tmp_path: Path) -> None:
    for seed in range(3):
        write(tmp_path / "o", "plain", seed, 20.0 + seed)
        write(tmp_path / "o", "wide", seed, 10.0 + seed**2)
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    both = "$minilab -m src.report o --out w1 && PYTHONIOENCODING=latin-1 $minilab -m src.report o --out w2"
    done = shell(tmp_path, both, **plain)
    assert (done.returncode, done.stderr) == (0, b"")
    first, second = done.stdout[: len(done.stdout) // 2], done.stdout[len(done.stdout) // 2 :]
    assert b"?" in first and first.isascii()
    assert b"\xb1" in second and b"\xc2\xb1" not in second
    written = [(tmp_path / name / "summary.md").read_bytes() for name in ("w1", "w2")]
    assert written[0] == written[1] and "±".encode() in written[0]
