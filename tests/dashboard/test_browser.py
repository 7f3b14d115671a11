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
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

from tests.conftest import ROOT, TINY

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
SECONDS = 40.0
# Everything on the page, also what lies in components of its own: text, and how many there are of a kind.
SEEN = """
const texts = [], counts = {};
const walk = node => {
  if (node.nodeType === 3) texts.push(node.nodeValue.trim());
  if (node.nodeType === 1) {
    const name = node.tagName.toLowerCase();
    if (name === 'script' || name === 'style') return;
    if (node.getBoundingClientRect().width > 0) counts[name] = (counts[name] || 0) + 1;
    if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
  }
  node.childNodes.forEach(walk);
};
walk(document.body);
return [texts.filter(Boolean), counts];
"""

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium's own pipes
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """TensorBoard on a sweep of two models and three seeds, pictures and all."""
    folder = tmp_path_factory.mktemp("looked_at")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    models = ["model=basic,ws_aux_bn", "-m", "seed=range(3)", "figures=always"]
    train = [sys.executable, "-m", "src.train", *TINY, *models, "hydra.sweep.dir=outputs/sweep"]
    subprocess.run(train, cwd=folder, env=env, check=True, capture_output=True, timeout=200)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    board = [str(Path(sys.executable).with_name("tensorboard")), "--logdir", "outputs", "--host", "localhost"]
    log = (folder / "tensorboard.log").open("w")
    process = subprocess.Popen([*board, "--port", str(port)], cwd=folder, stdout=log, stderr=log)
    url = f"http://localhost:{port}/"
    try:
        wait_for(lambda: len(json_of(f"{url}data/runs")) == 8, "six runs and two groups")
        yield url
    finally:
        process.terminate()
        process.wait()
        log.close()


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


def look(browser: Any, address: str, tab: str, what: str, condition: Callable[[list[str], dict[str, int]], Any]) -> Any:
    """Opens a tab and waits until its texts and elements meet the condition."""
    browser.get("about:blank")
    browser.get(f"{address}#{tab}")
    return wait_for(lambda: condition(*browser.execute_script(SEEN)), f"{what} in {tab}")


def test_scalars_have_a_chart_for_each_tag(browser: Any, address: str) -> None:
    def shown(texts: list[str], counts: dict[str, int]) -> bool:
        return {"optimizer/gradient_norm", "optimizer/lr"} <= set(texts) and counts.get("scalar-card", 0) >= 2

    look(browser, address, "timeseries", "charts", shown)
    tags = set(json_of(f"{address}data/plugin/timeseries/tags")["scalars"]["tagDescriptions"]) | {
        tag for tags in json_of(f"{address}data/plugin/scalars/tags").values() for tag in tags
    }
    expected = {"train/loss", "val/loss", "train/error", "val/error", "val/digit_error", "time/seconds_per_epoch"}
    assert expected <= tags


def test_a_margin_chart_shows_the_band_over_seeds(browser: Any, address: str) -> None:
    def shown(texts: list[str], counts: dict[str, int]) -> bool:
        titles = {"Training and validation", "Mean ± std over seeds", "val error (%)"}
        return titles <= set(texts) and counts.get("tf-custom-scalar-margin-chart-card", 0) >= 4 and drawn()

    def drawn() -> bool:
        """A band is an area, as high as it is wide in none of its places but filled."""
        bands = """
            const found = [];
            const walk = node => {
              if (node.tagName === 'path' && node.closest && node.closest('.area, .vz-line-chart-area, g')
                  && (node.getAttribute('d') || '').length > 10 && getComputedStyle(node).fill !== 'none') found.push(1);
              if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
              node.childNodes.forEach(walk);
            };
            walk(document.querySelector('tf-custom-scalar-margin-chart-card'));
            return found.length;"""
        return bool(browser.execute_script(bands))

    look(browser, address, "custom_scalars", "margin charts", shown)


def test_hparams_are_a_filled_table_of_six_rows(browser: Any, address: str) -> None:
    def shown(texts: list[str], counts: dict[str, int]) -> bool:
        rows = [text for text in texts if text.startswith("sweep/")]
        heading = {"model", "seed", "optimizer", "optimizer.lr", "test/error"}
        return len(set(rows)) == 6 and heading <= set(texts)

    look(browser, address, "hparams", "six rows", shown)
    texts, _ = browser.execute_script(SEEN)
    assert (texts.count("basic"), texts.count("ws_aux_bn"), texts.count("Adadelta")) == (3, 3, 6)
    assert not {"-1.0000", "-1"} & set(texts)


def test_images_are_there(browser: Any, address: str) -> None:
    def shown(texts: list[str], counts: dict[str, int]) -> bool:
        return "calibration" in texts and counts.get("img", 0) >= 2

    look(browser, address, "images", "a picture", shown)
