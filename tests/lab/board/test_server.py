"""TensorBoard, as it is changed on its way to the browser."""

import io
import socket
import zipfile

import pytest
from tensorboard import assets

from src.lab.board import TICKED, server


def index(page: server.Page) -> bytes:
    with page() as file, zipfile.ZipFile(file) as whole:
        return whole.read("index.js")


def test_the_page_ticks_more_runs_and_is_the_same_but_for_that() -> None:
    before = assets.get_default_assets_zip_provider()
    after, ticked = server.ticking(before)
    assert ticked == TICKED, "TensorBoard's page is another one: which runs does it tick?"
    assert index(after) == index(before).replace(b"EnableByDefault=40,", b"EnableByDefault=200,") != index(before)
    with after() as file, zipfile.ZipFile(file) as changed, before() as file, zipfile.ZipFile(file) as plain:
        assert changed.namelist() == plain.namelist()


def test_another_page_is_left_as_it_is_and_ticks_no_more_than_it_did() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("index.js", b"ticks=40")
    after, ticked = server.ticking(lambda: io.BytesIO(other.getvalue()))
    assert (index(after), ticked) == (b"ticks=40", server.UNTOLD)


def test_the_next_port_is_taken_where_one_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        assert port < server.free_port(port) < port + server.PORTS
        monkeypatch.setattr(server, "PORTS", 1)
        with pytest.raises(RuntimeError, match=rf"port {port} is taken, .* choose another by --port"):
            server.free_port(port)
    assert server.free_port(port) == port
