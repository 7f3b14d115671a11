"""The dashboard's door, as `make dashboard` opens it."""

import socket
import subprocess
import sys
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, Command


def test_a_port_that_is_taken_is_said_with_what_to_type(command: Command) -> None:
    with socket.create_server(("localhost", 0)) as other:
        port = other.getsockname()[1]
        done = command("src.dashboard", str(port))
    assert done.returncode == 1
    assert done.stdout == "", "it sends nobody to somebody else's page"
    assert (
        done.stderr == f"error: port {port} is taken, by another dashboard or program: make dashboard PORT={port + 1}\n"
    )


def test_it_listens_on_this_machine_alone_and_says_no_more_than_where() -> None:
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    call = [sys.executable, "-m", "src.dashboard", str(port)]
    with subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as board:
        try:
            assert board.stdout and board.stderr
            line = board.stdout.readline()
            assert line == f"http://localhost:{port}/ shows outputs/; Ctrl-C ends it\n"
            with urlopen(f"http://localhost:{port}/") as page:
                assert b"TensorBoard" in page.read()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port), timeout=5)
        finally:
            board.send_signal(2)
        assert board.wait(20) == 0
        assert board.stderr.read() == ""
