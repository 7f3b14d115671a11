"""The runs behind each row of a report: all of them, in order, on any screen."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from src.lab.records.runs import load
from src.lab.report import listing, screen, tables
from src.lab.report.report import Report
from tests.conftest import Command
from tests.lab.records.written import write

MADE = {"device": "cpu", "processor": "AMD EPYC, AVX512", "git": "3f2a9c1d5e6f-dirty", "code": "aaaaaaaaaaaa"}
WHY = "ValueError: " + "the loss is no number, and so on " * 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of two groups, the better one is the second by name."""
    for seed in 2, 0, 10:
        write(tmp_path / "sweep", "wide", seed, 1.0 + seed / 8, **MADE)
        write(tmp_path / "sweep", "plain", seed, 9.0 + seed, **MADE)
    write(tmp_path / "sweep", "wide", 1, None, **MADE, error=WHY)
    write(tmp_path / "sweep", "plain", 3, {"test/miss": None}, seconds={"total": None}, parameters=None)
    return tmp_path


def cells(folder: Path, **more: Any) -> tables.Cells:
    report = Report(load([folder]), **more)
    return listing.cells(report, listing.listed(report), str(folder / "sweep"))


def test_every_run_has_a_row_the_best_group_first_and_by_seed(folder: Path) -> None:
    headings, *rows = cells(folder)
    assert headings == ["group", "seed", "miss (%)", "status", "why", "epochs", "seconds", "device", "commit", "folder"]
    assert [(row[0], row[1]) for row in rows] == [
        ("wide", "0"), ("wide", "1"), ("wide", "2"), ("wide", "10"),
        ("plain", "0"), ("plain", "2"), ("plain", "3"), ("plain", "10"),
    ]  # fmt: skip
    commit = "3f2a9c1-dirty (code aaaaaaa)"
    assert rows[0] == ["wide", "0", "1.00", "completed", "–", "25", "2.0", "cpu", commit, "wide_0"]
    assert rows[1][2:5] == ["–", "failed", WHY.strip()]
    assert rows[6][2:] == ["–", "completed", "–", "25", "–", "–", "–", "plain_3"]


def test_networks_that_were_trained_at_once_have_a_row_each(tmp_path: Path) -> None:
    each = [{"seed": 4 + i, "metrics": {"test/miss": 1.0 + i}, "epochs": 20 + i} for i in range(49)]
    lost = {"seed": 53, "metrics": {}, "status": "failed", "error": "diverged: val/loss is nan", "epochs": 3}
    write(tmp_path, "many", 4, 1.0, networks=50, runs=[*each, lost])
    report = Report(load([tmp_path]))
    headings, *rows = listing.cells(report, listing.listed(report), "")
    assert len(rows) == 50
    by = dict(zip(headings, zip(*rows, strict=True), strict=True))
    assert by["seed"] == tuple(str(4 + i) for i in range(50))
    assert by["epochs"] == (*(str(20 + i) for i in range(49)), "3")
    assert (by["status"][-1], by["why"][-1]) == ("failed", "diverged: val/loss is nan")
    assert {*by["seconds"]} == {"2.0 for 50"} and {*by["folder"]} == {str(tmp_path / "many_4")}


def test_a_note_is_listed_and_on_the_page_and_tells_no_groups_apart(
    here: Command, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    long, odd = "with the data of spring, " * 20, "<b>first</b> try"
    for seed, note in enumerate([None, odd, long]):
        write(tmp_path, "plain", seed, 1.0 + seed, note=note)
    report = Report(load([tmp_path]))
    headings, *rows = listing.cells(report, listing.listed(report), "")
    assert [row[headings.index("note")][:16] for row in rows] == ["–", odd, long[:16]]
    assert len(report.summary) == 1
    done = here("src.report", str(tmp_path), "--runs", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert pl.read_csv(tmp_path / "out" / "runs.csv")["note"].to_list() == [None, odd, long]
    (page,) = (tmp_path / "out").glob("*.html")
    assert ">seed 1 (&lt;b&gt;first&lt;/b&gt; try)</a>" in page.read_text()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    listing.show(report)
    assert max(map(cell_len, re.sub(r"\x1b\[[\d;]*m", "", capfd.readouterr().out).splitlines()[:6])) <= 80


def test_processors_are_named_where_there_are_several_and_folds_where_there_are_some(folder: Path) -> None:
    write(folder / "sweep", "wide", 2, 1.0, **MADE | {"device": "cuda", "processor": "NVIDIA H100"}, fold=1)
    headings, *rows = cells(folder)
    assert "fold" in headings
    device = headings.index("device")
    assert {row[device] for row in rows} == {"–", "cpu (AMD EPYC, AVX512)", "cuda (NVIDIA H100)"}


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 120, 200])
def test_on_a_narrow_screen_what_went_wrong_is_cut_and_no_figure_is(
    columns: int, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    listing.show(Report(load([folder])))
    lines = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
    end = next(i for i, line in enumerate(lines) if "left out" in line or "folders in" in line)
    table = lines[:end]
    assert max(map(cell_len, table)) <= columns
    assert sum(bool(re.search(r"^  (wide|plain) +\d+ +(\d+\.\d\d|–) ", line)) for line in table) == 8
    if "why" in "".join(lines[:3]):
        (failed,) = (line for line in table if " failed " in line)
        assert "ValueError: the lo" in failed and ("…" in failed) == (WHY.strip() not in failed)
    assert " ".join(lines).endswith(f"folders in {folder}/sweep")


@given(
    text=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=200),
    room=st.integers(30, 200),
)
def test_a_text_is_cut_to_the_room_and_to_no_less_than_a_few_words(text: str, room: int) -> None:
    rows = [["group", "why", "n"], ["a", text, "3"], ["b" * 30, "–", "4"]]
    cut = screen.shortened(rows, 1, room)
    assert [[row[0], row[2]] for row in cut] == [[row[0], row[2]] for row in rows]
    shown = cut[1][1]
    assert text.startswith(shown.removesuffix("…").rstrip()) or shown == text
    assert cell_len(shown) <= max(screen.FOLDED, room - screen.FOLDED)
    if cell_len(text) <= screen.FOLDED:
        assert shown == text


@pytest.mark.parametrize(
    ("folders", "found"),
    [
        (["a/s/x", "a/s/y"], "a/s"),
        (["a/s/x"], "a/s"),
        (["a/x", "b/y"], ""),
        (["/a/x", "b/y"], ""),
        (["/a/x", "/b/y"], ""),
        (["x", "y"], ""),
        ([], ""),
    ],
)
def test_where_folders_lie_is_said_once(folders: list[str], found: str) -> None:
    assert listing.common(folders) == found


def test_the_command_lists_the_runs_that_are_asked_for_and_writes_them(here: Command, folder: Path) -> None:
    plain = here("src.report", str(folder))
    listed = here("src.report", str(folder), "--runs", "--where", "model=wide", "--out", "out")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "status" not in plain.stdout and "plain" not in listed.stdout
    assert len(re.findall(r"^  wide +\d+ +[\d.–]+ +(?:completed|failed)", listed.stdout, re.MULTILINE)) == 4
    table = pl.read_csv(folder / "out" / "runs.csv")
    assert table["seed"].to_list() == [0, 1, 2, 10]
    assert table["test/miss"].to_list() == [1.0, None, 1.25, 2.25]
    assert table["git"].unique().to_list() == [MADE["git"]] and table["processor"][0] == MADE["processor"]
    assert table["error"].to_list()[1] == WHY
    assert table["folder"][0] == str(folder / "sweep" / "wide_0")


def test_runs_of_several_objectives_are_listed_under_their_own(here: Command, folder: Path) -> None:
    write(folder, "price", 0, {"test/price": 3.0}, objective="test/price")
    done = here("src.report", str(folder), "--runs", "--out", "out")
    assert done.returncode == 0
    found = [pl.read_csv(folder / "out" / name) for name in ("runs.csv", "runs_2.csv")]
    assert sorted(len(each) for each in found) == [1, 8]


def test_where_nothing_is_measured_the_runs_are_listed_all_the_same(here: Command, tmp_path: Path) -> None:
    write(tmp_path, "plain", 0, None, objective=None)
    done = here("src.report", str(tmp_path), "--runs", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"plain +0 +failed +ValueError: why", done.stdout)
    assert pl.read_csv(tmp_path / "out" / "runs.csv")["status"].to_list() == ["failed"]
