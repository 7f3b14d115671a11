"""A real browser looks at a real sweep through a running TensorBoard: what a user sees, and not what files hold."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

from tests.conftest import ROOT
from tests.lab.toy import TOY

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1500,1300",
]
SECONDS = 30.0
# Whatever can be seen on the page, also what lies in components of its own: by element its texts, and how many of a
# kind there are. `band` is a filled area in a margin chart.
SEEN = """
const texts = {}, counts = {};
const walk = (node, within, margin) => {
  if (node.nodeType === 3 && node.nodeValue.trim()) (texts[within] = texts[within] || []).push(node.nodeValue.trim());
  if (node.nodeType === 1) {
    let name = node.tagName.toLowerCase();
    if (name === 'script' || name === 'style' || name === 'noscript') return;
    if (name === 'path' && margin && node.getAttribute('d') && getComputedStyle(node).fill !== 'none') name = 'band';
    if (node.getBoundingClientRect().width > 0) counts[name] = (counts[name] || 0) + 1;
    margin = margin || name === 'tf-custom-scalar-margin-chart-card';
    within = name.includes('-') ? name : within;
    if (node.shadowRoot) node.shadowRoot.childNodes.forEach(child => walk(child, within, margin));
  }
  node.childNodes.forEach(child => walk(child, within, margin));
};
walk(document.body, 'page', false);
return [texts, counts];
"""

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium's own pipes
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """TensorBoard on a sweep of two models, two learning rates and three seeds, pictures and all."""
    folder = tmp_path_factory.mktemp("looked_at")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    models = ["model=toy_shown,toy_wide", "optimizer.lr=0.1,0.3", "seed=range(3)"]
    arguments = [argument for argument in TOY if not argument.startswith(("model", "figures"))]
    train = [sys.executable, "-m", "src.train", *arguments, *models, "-m", "figures=always"]
    train += ["hydra.sweep.dir=outputs/sweep"]
    subprocess.run(train, cwd=folder, env=env, check=True, capture_output=True, timeout=200)
    with shown(folder) as url:
        assert len(json_of(f"{url}data/runs")) == 16, "twelve runs and four groups"
        yield url


@contextmanager
def shown(place: Path, *arguments: str) -> Iterator[str]:
    """Where the dashboard that is started there is found."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    call = [sys.executable, "-m", "src.dashboard", *arguments, "--port", str(port)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(call, cwd=place, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    found = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield found
    found.quit()


def json_of(url: str) -> Any:
    import json

    try:
        return json.load(urllib.request.urlopen(url, timeout=5))
    except OSError:
        return []


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Until it holds; fails with what was waited for."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if value := condition():
                return value
        except WebDriverException:  # the page is changing
            pass
        time.sleep(0.2)
    raise AssertionError(f"not seen within {SECONDS:.0f} seconds: {what}")


def look(browser: Any, url: str, what: str, condition: Callable[[dict[str, list[str]], dict[str, int]], Any]) -> Any:
    """Opens a page, waits until what can be seen meets the condition, and returns its texts by element."""
    browser.get("about:blank")
    browser.get(url)

    def seen() -> Any:
        texts, counts = browser.execute_script(SEEN)
        return condition(texts, counts) and texts

    return wait_for(seen, f"{what} at {url}")


def everything(texts: dict[str, list[str]]) -> set[str]:
    return {text for some in texts.values() for text in some}


@pytest.mark.long
def test_scalars_have_a_chart_for_each_tag(browser: Any, address: str) -> None:
    tags = {f"{split}/{name}" for split in ("train", "val") for name in ("loss", "miss")}
    tags |= {"optimizer/lr", "time/seconds_per_epoch", "test/miss", "objective/test/miss"}
    for group in "train", "val", "optimizer", "time", "test", "objective":
        expected = {tag for tag in tags if tag.startswith(group)}

        def shown(texts: dict[str, list[str]], counts: dict[str, int], expected: set[str] = expected) -> bool:
            return expected <= set(texts.get("tf-card-heading", [])) and counts.get("vz-line-chart2", 0) >= len(
                expected
            )

        look(browser, f"{address}#scalars&tagFilter=^{group}/", f"charts of {group}", shown)


def test_a_margin_chart_shows_the_band_over_seeds(browser: Any, address: str) -> None:
    titles = {"Training and validation", "Mean ± std over seeds: loss", "Mean ± std over seeds: miss", "val miss"}

    def shown(texts: dict[str, list[str]], counts: dict[str, int]) -> bool:
        charts = counts.get("tf-custom-scalar-margin-chart-card", 0) >= 4
        return titles <= everything(texts) and charts and counts.get("band", 0) >= 4

    look(browser, f"{address}#custom_scalars", "margin charts", shown)


def test_hparams_are_a_filled_table_of_twelve_rows(browser: Any, address: str) -> None:
    cells = "vaadin-grid-cell-content"

    def shown(texts: dict[str, list[str]], counts: dict[str, int]) -> bool:
        return len({text for text in texts.get(cells, []) if text.startswith("toy_") and "seed=" in text}) == 12

    texts = look(browser, f"{address}#hparams", "twelve rows", shown)
    table = texts[cells] + texts.get("vaadin-grid-sorter", [])
    columns = [text for text in texts[cells] if text in ("model", "optimizer.lr", "seed", "model.hidden", "parameters")]
    assert columns == ["model", "optimizer.lr", "seed", "model.hidden", "parameters"], "first what was swept"
    assert {"objective/test/miss", "test/miss"} <= set(table), "what is compared"
    assert (table.count("toy_shown"), table.count("toy_wide")) == (6, 6)
    assert (table.count("8.0000"), table.count("32.000")) == (6, 6)
    assert {"0.10000", "0.30000"} <= set(table)
    assert not {"-1.0000", "-1"} & set(table)


def test_images_are_there(browser: Any, address: str) -> None:
    def shown(texts: dict[str, list[str]], counts: dict[str, int]) -> bool:
        return {"views", "views/first weights"} <= everything(texts) and counts.get("img", 0) >= 2

    look(browser, f"{address}#images", "a picture", shown)
