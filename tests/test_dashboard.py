"""The dashboard's door, as `make dashboard` opens it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, Command
from tests.lab.running import run


@contextmanager
def opened(place: Path, *arguments: str) -> Iterator[list[str]]:
    """What a dashboard that was started there has said when it listens; in the end it is told to stop."""
    call = [sys.executable, "-m", "src.dashboard", *arguments]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        call, cwd=place, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout and process.stderr
            said = [process.stdout.readline().rstrip()]
            while said[-1] and not said[-1].startswith("Ctrl-C"):
                said.append(process.stdout.readline().rstrip())
            yield said
        finally:
            process.send_signal(2)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


def free() -> int:
    with socket.create_server(("localhost", 0)) as place:
        port: int = place.getsockname()[1]
    return port


def test_it_shows_the_newest_for_this_machine_alone_and_says_so(tmp_path: Path) -> None:
    for name, seed in ("older", 0), ("newer", 1):
        run(tmp_path / "outputs" / "runs" / name, f"seed={seed}")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    port = free()
    with opened(tmp_path, "--port", str(port)) as said:
        assert said == [
            f"http://localhost:{port}/ shows 1 run of outputs/runs/newer, the newest",
            "Ctrl-C ends it; all there is: python -m src.dashboard outputs",
        ]
        with urlopen(f"http://localhost:{port}/") as page:
            assert b"TensorBoard" in page.read()
        with urlopen(f"http://localhost:{port}/data/runs") as answer:
            assert json.load(answer) == ["toy seed=1"], "read before the page is worth opening"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_port_that_is_taken_is_said_and_the_next_free_one_used(tmp_path: Path) -> None:
    run(tmp_path / "outputs" / "one")
    with socket.create_server(("localhost", 0)) as other:
        port = other.getsockname()[1]
        with opened(tmp_path, "outputs", "--port", str(port)) as (taken, shows, *_):
            used = int(shows.split(":")[2].partition("/")[0])
            assert taken == f"port {port} is taken, by another dashboard or program: this one is at {used}"
            assert used > port, "it sends nobody to somebody else's page"
            assert shows.endswith("shows 1 run of outputs")
            with urlopen(f"http://localhost:{used}/") as page:
                assert b"TensorBoard" in page.read()


def test_where_there_is_nothing_to_show_it_says_what_to_do(here: Command, tmp_path: Path) -> None:
    for _ in range(2):
        done = here("src.dashboard")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "error: nothing to show in outputs yet: train something first, with python -m src.train\n"
        )
        (tmp_path / "outputs").mkdir(exist_ok=True)
    done = here("src.dashboard", "outputs", "elsewhere")
    assert done.stderr == "error: there is no folder elsewhere\n"
