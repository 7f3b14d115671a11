"""The page of a report in a real browser: on a desk and on a phone, light and dark, sorted by hand and by keyboard."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

from src.lab.records.runs import load
from src.lab.report.report import Report

from .sweeps import plain

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESK, PHONE = 1280, 390

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs a browser: apt-get install chromium chromium-driver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # selenium's own pipes
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("looked_at")
    Report(load([plain(folder)])).write(folder, command=f"python -m src.report {'a_long_name' * 30}")
    return folder / "summary.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    found = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield found
    found.quit()


def look(browser: Any, page: Path, width: int, scheme: str = "light") -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.get(f"file://{page}")


def column(browser: Any, place: int, table: int = 0) -> list[str]:
    """The texts of a column, as they stand."""
    script = "return [...document.querySelectorAll('table.sortable')[arguments[1]].tBodies[0].rows]"
    texts: list[str] = browser.execute_script(f"{script}.map(row => row.cells[arguments[0]].textContent)", place, table)
    return texts


def headings(browser: Any, table: int = 0) -> list[Any]:
    found: list[Any] = browser.find_elements("css selector", "table.sortable")[table].find_elements(
        "css selector", "th"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_nothing_is_wrong_and_nothing_sticks_out(width: int, scheme: str, browser: Any, page: Path) -> None:
    look(browser, page, width, scheme)
    browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.get_log("browser") == []
    drawn = browser.execute_script("return [...document.querySelectorAll('svg')].map(svg => svg.clientWidth)")
    assert len(drawn) == 4 and min(drawn) >= min(300, width - 60) and max(drawn) <= width
    assert browser.find_element("css selector", "svg text").is_displayed()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_click_on_a_heading_sorts_the_rows_up_down_and_back(width: int, browser: Any, page: Path) -> None:
    look(browser, page, width)
    first = column(browser, 0)
    for place, heading in enumerate(headings(browser)):
        texts = column(browser, place)
        known = [text for text in texts if text != "–"]
        number = {text: float(found[0].replace(",", "")) for text in known if (found := re.match(r"[\d,.]+", text))}
        order = sorted(known, key=lambda text: number.get(text, 0.0)) if place else ["k=1", "k=2", "k=3", "k=10"]
        dashes = ["–"] * (len(texts) - len(known))
        assert (
            heading.get_attribute("aria-sort") == "none" and heading.find_element("tag name", "button").is_displayed()
        )
        heading.find_element("tag name", "button").click()
        assert (column(browser, place), heading.get_attribute("aria-sort")) == ([*order, *dashes], "ascending")
        heading.find_element("tag name", "button").click()
        assert [number.get(text, 0.0) for text in column(browser, place)[: len(known)]] == sorted(
            (number.get(text, 0.0) for text in known), reverse=True
        )
        assert column(browser, place)[len(known) :] == dashes, "what is not known stays below"
        heading.find_element("tag name", "button").click()
        assert (column(browser, 0), heading.get_attribute("aria-sort")) == (first, "none")


def test_it_sorts_by_keyboard_and_only_one_column_at_a_time(browser: Any, page: Path) -> None:
    look(browser, page, DESK)
    buttons = [heading.find_element("tag name", "button") for heading in headings(browser)]
    browser.execute_script("arguments[0].focus()", buttons[0])
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element == buttons[1]
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    assert [each.get_attribute("aria-sort") for each in headings(browser)][:2] == ["none", "ascending"]


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["0.019", "<0.0001", "–", "0.0001", "0.00012"], [1, 3, 4, 0, 2]),
        (["12.00 ± 0.46", "1.87 ± 9.46", "-3.50 ± 1", "+2.00 ± 1"], [2, 1, 3, 0]),
        (["70,906", "9,427", "1,000,000", "1.5e+12", "1e-5"], [4, 1, 0, 2, 3]),
        (["1.54 to 2.20", "-1 to 9", "10.40 (9)", "–"], [1, 0, 2, 3]),
        (["net lr=0.1", "net lr=0.03", "net lr=1", "Net", "net lr=1e-3", "2x"], [5, 3, 4, 1, 0, 2]),
        (["[2,25,1]", "[2,5,1]", "[10,5]"], [1, 0, 2]),
    ],
)
def test_numbers_are_sorted_as_numbers_and_names_as_people_do(
    texts: list[str], order: list[int], browser: Any, page: Path, tmp_path: Path
) -> None:
    rows = "".join(f"<tr><td>{text.replace('<', '&lt;')}</td></tr>" for text in texts)
    script = re.findall(r"<script>(.*?)</script>", page.read_text(), re.DOTALL)[0]
    table = f"<table class=sortable><thead><tr><th>it</th></tr></thead><tbody>{rows}</tbody></table>"
    (tmp_path / "table.html").write_text(f"<!doctype html><meta charset=utf-8>{table}<script>{script}</script>")
    look(browser, tmp_path / "table.html", DESK)
    browser.find_element("css selector", "th button").click()
    assert column(browser, 0) == [texts[i] for i in order]


def test_in_the_dark_it_is_dark_and_as_legible(browser: Any, page: Path) -> None:
    seen = {}
    for scheme in "light", "dark":
        look(browser, page, DESK, scheme)
        parts = {
            "body": "color",
            "td": "color",
            "svg text": "fill",
            "a": "color",
            "code": "color",
            "figcaption": "color",
        }
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        colours = {part: browser.execute_script(script, part, of) for part, of in parts.items()}
        paper = browser.execute_script(script, "body", "backgroundColor")
        assert browser.execute_script(script, "svg path", "fill") == paper, "the figures are drawn on it"
        shades = "return [...document.querySelectorAll('svg use')].map(use => getComputedStyle(use).fillOpacity)"
        assert {"0.15"} < {*browser.execute_script(shades)}, "bands over seeds let through what is behind them"
        assert {part: colour for part, colour in colours.items() if contrast(colour, paper) < 4.5} == {}
        seen[scheme] = {"paper": paper, **colours}
    assert luminance(seen["dark"]["paper"]) < 0.05 < 0.9 < luminance(seen["light"]["paper"])
    assert not [part for part in seen["light"] if seen["light"][part] == seen["dark"][part]]


def test_on_paper_it_is_light(browser: Any, page: Path) -> None:
    look(browser, page, DESK, "dark")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": features})
    script = "return getComputedStyle(document.body)[arguments[0]]"
    paper, ink = (browser.execute_script(script, name) for name in ("backgroundColor", "color"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert luminance(paper) == 1 and contrast(ink, paper) > 12


def luminance(colour: str) -> float:
    """Relative, by WCAG 2."""
    channels = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)
