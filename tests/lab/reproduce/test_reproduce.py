"""`python -m src.reproduce` on an experiment of one's own, as real processes in a copy of the project."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.conftest import results_in
from tests.copies import python
from tests.lab.dashboard.test_browser import BROWSER, DRIVER, FLAGS
from tests.lab.running import KILLS

SMALL = ["epochs=3", "data.points=60", "trainer=cpu"]
REPORTED = """
smith2020:
  title: Smith & Jones (2020), <b>Table 1</b>
  protocol: The mean over five runs.
  parts:
    - rows:
        mine: {test/accuracy: [91.0, 2.0], parameters: 1282, seconds: {mean: 1000, note: on paper}}
      figures:
        - {draw: stated, metrics: [test/accuracy], title: Stated and measured}
        - {draw: curves, metrics: [train/loss, val/accuracy], title: Over the epochs}
    - title: The width
      sweep: widths
      quick: [epochs=2]
      compare: test/accuracy
      figures:
        - {draw: against, key: model.hidden, metrics: [test/accuracy], title: Accuracy over the width}
        - {draw: size, metrics: [test/accuracy], title: Accuracy over the parameters}
        - {draw: seeds, metrics: [test/accuracy], of: [mine model.hidden=4], title: Every seed}
"""
SWEEP = """# @package _global_
# Three widths.
hydra:
  mode: MULTIRUN
  sweeper: {params: {model: mine, model.hidden: "4,8,16", seed: range(2)}}
"""
README = "# mine\n\n<!-- reproduced: smith2020 -->\n<!-- end -->\n\nThe end.\n"


@pytest.fixture(scope="module")
def place(copy: Path) -> Path:
    """A copy of the project in which somebody reports something of an experiment, and nothing of another."""
    assert python(copy, "src.new", "mine").returncode == 0
    own = copy / "src" / "experiments" / "mine"
    (own / "reported.yaml").write_text(REPORTED)
    (own / "README.md").write_text(README)
    (copy / "conf" / "experiments" / "mine" / "sweep").mkdir()
    (copy / "conf" / "experiments" / "mine" / "sweep" / "widths.yaml").write_text(SWEEP)
    return copy


@pytest.fixture(scope="module")
def done(place: Path) -> subprocess.CompletedProcess[str]:
    """What the command says that measured it over three seeds: whichever test comes first goes on from there."""
    return python(place, "src.reproduce", "mine", "--seeds", "3", *SMALL)


def outcome(folder: Path) -> Any:
    """What was measured, but for what the clock and the machine say."""
    found = json.loads((folder / "mine_smith2020.json").read_text())
    for row in (row for part in found["parts"] for row in part["rows"]):
        row.pop("seconds")
    return [[row for row in part["rows"] if row["metric"] != "seconds"] for part in found["parts"]]


def test_what_somebody_reports_of_ones_own_experiment_comes_out_on_a_page(
    place: Path, done: subprocess.CompletedProcess[str]
) -> None:
    assert done.returncode == 0, done.stderr
    assert "12 runs into outputs/reproduce/runs" in done.stdout, "three seeds of mine, and of its three widths"
    (said,) = re.findall(r"3 rows: .*0 missing; (\S+)/index.html", done.stdout)
    folder = place / said
    runs = results_in(place / "outputs/reproduce/runs")
    assert {run["epochs"] for run in runs} == {3}
    page, plain = (folder / "index.html").read_text(), (folder / "index.md").read_text()
    assert "Smith &amp; Jones (2020), &lt;b&gt;Table 1&lt;/b&gt;" in page
    assert page.count("data:image/png;base64,") == len(list(folder.glob("*.png"))) == 5
    assert not re.search(r"(src|href)=\"(?!data:|#)", page), "nothing is fetched from elsewhere"
    (rows, _) = outcome(folder)
    accuracies = [run["metrics"]["test/accuracy"] for run in runs if "model.hidden" not in run["group"]]
    assert rows[0]["n"] == 3 and rows[0]["mean"] == pytest.approx(sum(accuracies) / 3)
    assert f"{rows[0]['mean']:.2f}" in page and f"{rows[0]['mean']:.2f}" in plain
    assert "| mine | parameters | 1,282 |" in plain and ("beats" in plain or "equals" in plain), "widths are compared"
    assert (place / "src/experiments/mine/README.md").read_text() == README, "three seeds are not what was asked for"


@pytest.mark.long
def test_the_same_command_trains_nothing_again(place: Path, done: subprocess.CompletedProcess[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in (place / "outputs").rglob("result.json")}
    again = python(place, "src.reproduce", "smith2020", "--seeds", "3", *SMALL)
    assert again.returncode == 0 and "12 runs into outputs/reproduce/runs, 12 done before" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.long
@pytest.mark.usefixtures("done")
def test_killed_at_any_moment_it_goes_on_to_the_same_end(place: Path) -> None:
    shutil.copytree(place / "outputs", place / "whole")
    shutil.rmtree(place / "outputs" / "reproduce")
    folder = next(path.parent for path in (place / "whole").rglob("index.html"))
    again = place / "outputs" / folder.relative_to(place / "whole")
    call = [sys.executable, "-m", "src.reproduce", "mine", "--seeds", "3", *SMALL]
    env = os.environ | {"PYTHONPATH": str(place)}
    chance, kills = random.Random(KILLS), 0
    while kills < max(2, KILLS // 3):
        process = subprocess.Popen(
            call, cwd=place, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(chance.uniform(1, 9))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        elif kills:
            break  # it came to its end before
        process.wait()
    done = python(place, *call[2:])
    assert done.returncode == 0, done.stderr
    assert outcome(again) == outcome(folder)
    figures = [sorted(path.name for path in each.glob("*.png")) for each in (again, folder)]
    assert figures[0] == figures[1]
    same = [(again / name).read_bytes() == (folder / name).read_bytes() for name in figures[0]]
    assert all(same), "to the bit, also the figures"


def test_a_whole_reproduction_fills_the_readme_byte_for_byte(place: Path) -> None:
    yaml = place / "conf" / "experiments" / "mine" / "model" / "mine.yaml"
    yaml.write_text(yaml.read_text() + "epochs: 2\ndata: {points: 60}\n")
    done = python(place, "src.reproduce", "mine")
    assert "src/experiments/mine/README.md has these tables now" in done.stdout, done.stderr
    own = place / "src" / "experiments" / "mine"
    text, plain = (own / "README.md").read_text(), (place / "outputs" / "reproduce" / "index.md").read_text()
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3 and all(table in plain for table in tables)
    assert text.startswith("# mine\n") and text.endswith("\nThe end.\n")
    assert json.loads((own / "reproduced.json").read_text()).keys() == {"smith2020"}


@pytest.mark.long
def test_a_quick_look_is_labelled_as_one(place: Path) -> None:
    done = python(place, "src.reproduce", "mine", "--quick")
    assert done.returncode == 0, done.stderr
    page = (place / "outputs" / "reproduce" / "quick" / "index.html").read_text()
    assert "a quick look: few seeds, and fewer epochs where the parts say so" in page
    assert "Table 1</b> · a quick look: few seeds" in done.stdout


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "nobody is known to report nobody: there are "),
        (["mine", "--seeds", "0"], "--seeds 0 won't do"),
        (["mine", "epochs=0"], "epochs=0 won't do"),
        (["mine", "hydra/launcher=basic"], "hydra/launcher=basic can't be used here"),
    ],
)
def test_what_will_not_do_is_one_line(arguments: list[str], said: str, place: Path) -> None:
    done = python(place, "src.reproduce", *arguments)
    assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # selenium's own pipes
@pytest.mark.usefixtures("done")
@pytest.mark.parametrize("width", [360, 1280])
def test_a_real_browser_shows_all_of_it_without_scrolling_to_the_side(width: int, place: Path) -> None:
    page = next((place / "outputs" / "reproduce").rglob("index.html"))
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in FLAGS[:-1]:
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        browser.set_window_size(width, 900)
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        browser.get(f"file://{page}")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        loaded = "return [...document.images].map(image => image.complete && image.naturalWidth > 0)"
        assert browser.execute_script(loaded) and all(browser.execute_script(loaded))
        assert "91.0" in browser.find_element("tag name", "body").text
    finally:
        browser.quit()
