"""The page of a report stands alone, and holds what the report does: read by a parser of its own."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from src.lab.records.runs import load
from src.lab.report.publish import publish
from src.lab.report.report import Report
from tests.conftest import Command
from tests.lab.records.written import write

from .sweeps import plain, sweep, without_configurations

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)></svg>{{ 7*7 }}{% x %}&amp;#0072b2'`"
VOID = {"meta", "wbr", "br", "img"}


class Page(HTMLParser):
    """Its elements with their attributes, the cells of its tables, and all of its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.text, self.open = "", list[str]()
        self.feed(path.read_text())
        self.close()
        assert not self.open, "each element is closed"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.text += text
        if "th" in self.open or "td" in self.open:
            self.tables[-1][-1][-1] += text

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs, and in another what was written of them."""
    folder = tmp_path_factory.mktemp("page")
    Report(load([plain(folder / "runs")])).write(folder / "out", command="python -m src.report runs --out out")
    return folder


def test_it_holds_the_tables_and_sentences_of_the_report(written: Path) -> None:
    page, report = Page(written / "out/summary.html"), Report(load([written / "runs"]))
    assert page.tables[:2] == report.cells()
    assert all(sentence in page.text for sentence in report.sentences()) and len(report.sentences()) == 3
    assert "16 runs in 4 groups, 4 failed" in page.text
    assert "python -m src.report runs --out out" in page.text
    assert "0123456789ab" in page.text and "torch 2.15.0, numpy 2.4.6" in page.text


def test_it_stands_alone_and_leads_to_the_folders_of_the_runs(written: Path) -> None:
    page = Page(written / "out/summary.html")
    asked = [
        each[name] for _, each in page.elements for name in ("src", "href", "xlink:href", "action") if name in each
    ]
    links = [each["href"] or "" for each in page.all("a")]
    assert {each for each in asked if each and not each.startswith("#")} == set(links), "and to nothing else"
    found = {os.path.normpath(written / "out" / unquote(link)) for link in links}
    assert found == {str(path.parent) for path in (written / "runs").rglob("result.json")} and len(found) == 16
    style = re.sub(r"url\(#\w+\)", "", (written / "out/summary.html").read_text())
    assert "url(" not in style and "@import" not in style
    assert page.text.count("(failed)") == 4


def test_its_figures_are_those_of_the_report_with_text_as_text(written: Path) -> None:
    page = Page(written / "out/summary.html")
    assert [each["aria-label"] for each in page.all("svg")] == [
        "Every seed",
        "Differences",
        "How they learned",
        "Over k",
    ]
    assert [each.get("role") for each in page.all("svg")] == ["img"] * 4
    assert "k=10 (n = 4)" in page.text and "mean and 95 % interval" in page.text and "Over k" in page.text
    names = [each["id"] for _, each in page.elements if "id" in each]
    assert len(names) == len(set(names)) or {*names} == {
        name for name in names if re.fullmatch("[mpc][0-9a-f]+", name or "")
    }
    for file in "summary.svg", "summary_k.svg", "summary_every_seed.svg", "summary_differences.svg":
        texts = "".join(ElementTree.parse(written / "out" / file).getroot().itertext())
        assert "test miss (" in texts
    for part in "", "_k", "_every_seed", "_differences", "_how_they_learned":
        assert (written / f"out/summary{part}.pdf").read_bytes().startswith(b"%PDF")


def test_it_says_what_groups_share_and_what_differs(written: Path, tmp_path: Path) -> None:
    page = Page(written / "out/summary.html")
    assert ["group", "model.width"] in [table[0] for table in page.tables]
    (differ,) = (table for table in page.tables if table[0] == ["group", "model.width"])
    assert sorted(differ[1:]) == [["k=1", "1"], ["k=10", "10"], ["k=2", "2"], ["k=3", "3"]]
    shared = dict(row for table in page.tables[3:] for row in table)
    assert shared == {
        "epochs": "3",
        "model.net": "${model.width}",
        "data.size": "100",
        "data.seed": "${seed}",
        "runs": "1",
    }
    assert "No .hydra/config.yaml" not in page.text
    without_configurations(plain(tmp_path), "2")
    Report(load([tmp_path])).write(tmp_path)
    page = Page(tmp_path / "summary.html")
    assert "No .hydra/config.yaml was found in the run folders of k=2." in page.text
    assert ["k=2", "2"] not in [row for table in page.tables[2:] for row in table]


def test_the_same_runs_make_the_same_files(written: Path, tmp_path: Path) -> None:
    Report(load([written / "runs"])).write(written / "again", command="python -m src.report runs --out out")
    files = sorted(path.name for path in (written / "out").iterdir() if path.is_file())
    assert {"summary.html", "summary.tex", "summary.pdf", "summary.svg", "summary_k.pdf", "summary_k.svg"} <= set(files)
    assert [
        name for name in files if (written / "out" / name).read_bytes() != (written / "again" / name).read_bytes()
    ] == []


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_label_is_shown_as_it_is_whatever_it_is(tmp_path: Path) -> None:
    metric = "test/" + HOSTILE.replace("/", "")
    said = {metric: {"better": "lower", "unit": HOSTILE}}
    for i, group in enumerate((HOSTILE, "\x00\x1b\n漢 $x$", "javascript:alert(3)")):
        for seed in range(2):
            figures = {metric: 1.0 * i + seed}
            place = write(tmp_path / f"javascript:{i}{seed}", "n", seed, figures, objective=metric, said=said)
            result = json.loads((place / "result.json").read_text())
            result |= {"group": {"model": "n", "v": group}, "device": HOSTILE}
            (place / "result.json").write_text(json.dumps(result))
    Report(load([tmp_path])).write(tmp_path, command=HOSTILE)
    page = Page(tmp_path / "summary.html")
    assert len(page.all("script")) == 1 and not page.all("img") and len(page.all("svg")) == 2
    assert not [name for _, each in page.elements for name in each if name.startswith("on")]
    assert page.text.count(HOSTILE) > 5 and r"\x00\x1b\n漢 $x$" in page.text
    assert all((each["href"] or "").startswith("javascript%3A") for each in page.all("a"))
    ElementTree.parse(tmp_path / "summary.svg")


def test_a_sweep_writes_the_page_and_what_is_there_for_a_paper_anew(tmp_path: Path) -> None:
    sweep(tmp_path, {"1": (2.0,), "2": (3.0,)})
    publish(load([tmp_path]), folder=tmp_path, command="c", paper=False)
    assert {path.name for path in tmp_path.glob("summary.*")} == {
        f"summary.{end}" for end in ["csv", "md", "json", "png", "html"]
    }
    publish(load([tmp_path]), folder=tmp_path, command="c")
    before = {end: (tmp_path / f"summary.{end}").read_bytes() for end in ("tex", "pdf", "svg", "html")}
    sweep(tmp_path / "more", {"4": (4.0,)})
    publish(load([tmp_path]), folder=tmp_path, command="c", paper=False)
    assert not [end for end, was in before.items() if (tmp_path / f"summary.{end}").read_bytes() == was], (
        "nothing grows old"
    )


def test_the_command_writes_it_for_each_objective(here: Command, tmp_path: Path) -> None:
    for metric in "val/r2", "val/mae":
        write(tmp_path / "runs", metric[4:], 0, {metric: 0.5}, objective=metric, said={})
    done = here("src.report", "runs", "--out", "my out")
    assert done.returncode == 0, done.stderr
    for name in "summary", "summary_2":
        assert "python -m src.report runs --out 'my out'" in Page(tmp_path / "my out" / f"{name}.html").text
        assert (tmp_path / "my out" / f"{name}.tex").is_file() and (tmp_path / "my out" / f"{name}.pdf").is_file()
