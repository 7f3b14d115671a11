"""Files that come whole and right, from a real server, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torchvision.datasets

from src.experiments.pairs import fetch

FILES = {"one": b"1" * 100_000, "two": b"2" * 1000}
DIGESTS = {name: hashlib.sha256(file).hexdigest() for name, file in FILES.items()}


class Server(ThreadingHTTPServer):
    """Serves `files`, and keeps the paths that it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {f"/{name}.gz": gzip.compress(file) for name, file in FILES.items()}
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(gzip.compress(FILES[self.path[1:4]]))))
        self.end_headers()
        self.wfile.write(self.server.files[self.path])

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
        yield server
        server.shutdown()
        thread.join()


def whole(folder: Path) -> bool:
    """Whether the folder holds the files and nothing that a transfer has left there."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."} == FILES and not list(
        folder.glob(".*.tmp")
    )


def test_two_that_want_the_same_files_fetch_them_once(server: Server, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: fetch.fetched(tmp_path / "raw", DIGESTS), range(2)))
    assert both == [FILES, FILES]
    assert sorted(server.asked) == ["/one.gz", "/two.gz"]
    assert whole(tmp_path / "raw")


@pytest.mark.parametrize("left", ["one", "one.gz"])
def test_what_an_interrupted_transfer_left_is_fetched_again(left: str, server: Server, tmp_path: Path) -> None:
    (tmp_path / left).write_bytes((FILES["one"] if left == "one" else gzip.compress(FILES["one"]))[:50])
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) is None
    assert fetch.fetched(tmp_path, DIGESTS) == FILES
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]


def test_a_packed_file_will_do_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "one.gz").write_bytes(gzip.compress(FILES["one"]))
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]
    (tmp_path / "one").write_bytes(b"cut")
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "one.gz"]


def test_a_file_is_verified_once_and_again_where_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_bytes(FILES["one"])
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]
    with monkeypatch.context() as patch:
        patch.setattr(fetch.hashlib, "sha256", None)  # whoever calls it fails
        assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]
    assert fetch.content(tmp_path, "one", DIGESTS["two"]) is None, "other bytes are wanted now"
    (tmp_path / "one").write_bytes(FILES["one"][:-1] + b"?")
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) is None
    (tmp_path / "one").write_bytes(FILES["one"])
    (tmp_path / fetch.VERIFIED).write_bytes(b"{")
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]


def test_nothing_is_kept_in_a_folder_that_is_read_only(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(FILES["one"])
    tmp_path.chmod(0o500)
    assert fetch.content(tmp_path, "one", DIGESTS["one"]) == FILES["one"]
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    "served",
    [b"", b"<html>", gzip.compress(FILES["one"])[:60], gzip.compress(b"another")],
    ids=["nothing", "a page", "cut", "another"],
)
def test_what_a_server_does_wrong_leaves_nothing_behind(served: bytes, server: Server, tmp_path: Path) -> None:
    server.files["/one.gz"] = served
    with pytest.raises(OSError, match=r"^MNIST can't be fetched into .*: set data\.root .* data=mnist20k$"):
        fetch.fetched(tmp_path, DIGESTS)
    assert [path.name for path in tmp_path.iterdir() if path.name != ".lock"] == []


def test_without_a_network_or_a_place_to_write_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    for folder, why in (tmp_path / "raw", "refused"), (Path("/proc/minilab/MNIST/raw"), "/proc/minilab"):
        with pytest.raises(OSError, match=rf"^MNIST can't be fetched into .*{why}.*set data\.root"):
            fetch.fetched(folder, DIGESTS)
