"""TensorBoard on a folder, as it is needed here. Checked against tensorboard 2.21.0, whose page and columns it changes
on their way to the browser: nothing that is installed is written to. Imports no torch.
"""

from __future__ import annotations

import io
import socket
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.request import ProxyHandler, build_opener

from tensorboard import assets, default
from tensorboard.plugins.hparams import backend_context
from tensorboard.plugins.hparams.hparams_plugin import HParamsPlugin
from tensorboard.program import TensorBoard

from . import TICKED

PORTS = 20  # that are tried, from the one asked for
# Of more runs than this, all tabs but TIME SERIES and HPARAMS tick none.
LIMIT, UNTOLD = b"maxNamesToEnableByDefault=", 40
SECONDS = 10.0  # to read what there is before the page is worth opening

Page = Callable[[], IO[bytes]]


class Served(NamedTuple):
    """Where a page is, and up to how many runs it ticks all in the tabs beside TIME SERIES and HPARAMS."""

    url: str
    ticked: int


def free_port(wanted: int) -> int:
    """The first that nobody listens at on this machine, from the one that is wanted.

    Raises:
        RuntimeError: there is none near it.
    """
    for port in range(wanted, min(wanted + PORTS, 65536)):
        with suppress(OSError), socket.create_server(("localhost", port)):
            return port
    raise RuntimeError(f"port {wanted} is taken, and so are those after it: choose another by --port")


def serve(folder: Path, title: str, port: int, first: Callable[[], Sequence[str]]) -> Served:
    """TensorBoard, which listens from now on, for this machine alone. Of what it says on its way there, nothing is
    shown if it gets there.

    Args:
        folder: of event files, in a folder for each run.
        title: of the browser's window.
        port: a free one.
        first: the hyper-parameters that come before the others in the HPARAMS tab.
    """
    told = io.StringIO()
    try:
        with redirect_stderr(told):
            plugins = [_columns(first) if each is HParamsPlugin else each for each in default.get_plugins()]
            page, ticked = ticking(assets.get_default_assets_zip_provider())
            board = TensorBoard(plugins, page)
            where = ["--logdir", str(folder), "--host", "localhost", "--port", str(port)]
            board.configure(["", *where, "--window_title", title])
            url: str = board.launch()
    except BaseException:
        sys.stderr.write(told.getvalue())
        raise
    _wait(url)
    return Served(url, ticked)


def ticking(page: Page) -> tuple[Page, int]:
    """TensorBoard's page with up to `TICKED` runs ticked in all tabs; and the number up to which they are, a lower
    one where the page is another than is known here.
    """
    whole, known = io.BytesIO(), False
    with page() as file, zipfile.ZipFile(file) as before, zipfile.ZipFile(whole, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            known |= (limit := LIMIT + b"%d," % UNTOLD) in data
            after.writestr(name, data.replace(limit, LIMIT + b"%d," % TICKED))
    return lambda: io.BytesIO(whole.getvalue()), TICKED if known else UNTOLD


def _columns(first: Callable[[], Sequence[str]]) -> type:
    """The HPARAMS tab with these hyper-parameters first. The others follow as it has them, by the alphabet, first those
    that differ; it shows five columns, unless its reader chooses others.
    """

    class Context(backend_context.Context):  # type: ignore[misc]
        def experiment_from_metadata(self, *args: Any, **kwargs: Any) -> Any:
            found = super().experiment_from_metadata(*args, **kwargs)
            places = {name: place for place, name in enumerate(first())}
            infos = sorted(found.hparam_infos, key=lambda info: places.get(info.name, len(places)))
            del found.hparam_infos[:]
            found.hparam_infos.extend(infos)
            return found

    class Columns(HParamsPlugin):  # type: ignore[misc]
        def __init__(self, context: Any) -> None:
            super().__init__(context)
            self._context = Context(context)

    return Columns


def _wait(url: str) -> None:
    """Until the first runs are read: a page that is opened before stays empty until it is loaded again."""
    ask, end = build_opener(ProxyHandler({})), time.monotonic() + SECONDS
    while time.monotonic() < end:
        with suppress(OSError), ask.open(f"{url}data/runs", timeout=SECONDS) as answer:
            if answer.read().strip() != b"[]":
                return
        time.sleep(0.1)
